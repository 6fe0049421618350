package dev.muster.tasks.command;

import dev.muster.events.id.TaskId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What became of new work.
public sealed interface CreateAnswer {
  /// The issue was made.
  ///
  /// @param identifier of the issue, as people read it
  /// @param task the task that was queued with it; null if none was
  record Created(int number, String identifier, Instant createdAt, @Nullable QueuedTask task)
      implements CreateAnswer {}

  /// A new task.
  ///
  /// @param waiting why it is not claimed yet; null if it is
  record QueuedTask(TaskView view, String agentName, @Nullable Waiting waiting) {}

  /// Why a queued task waits.
  ///
  /// @param until when that will be over by itself; null where nobody knows
  record Waiting(WaitingReason reason, @Nullable Instant until) {}

  /// A request with this key made a task before.
  record MadeBefore(TaskId task) implements CreateAnswer {}

  /// The key was used for another request.
  record KeyMisused() implements CreateAnswer {}

  /// There is no such agent, or not for whoever asks. Nothing was made.
  record AgentUnknown() implements CreateAnswer {}

  /// The agent is draining. Nothing was made.
  record AgentDraining() implements CreateAnswer {}
}
