package dev.muster.tasks.command;

import dev.muster.events.id.TaskId;

/// What became of a claim.
public sealed interface ClaimAnswer {
  record Claimed(ClaimedTask task) implements ClaimAnswer {}

  /// There is nothing that the runtime may run now.
  record Nothing() implements ClaimAnswer {}

  /// A claim with this key was given a task before.
  record MadeBefore(TaskId task, long generation) implements ClaimAnswer {}

  /// The key was used for another request.
  record KeyMisused() implements ClaimAnswer {}
}
