package dev.muster.tasks.command;

import dev.muster.events.task.TaskState;

/// What became of the wish to end a task.
public sealed interface CancelAnswer {
  /// It is over, or its runtime is asked to end it; now, or since before.
  record Cancelled() implements CancelAnswer {}

  /// It had ended otherwise.
  record Over(TaskState state) implements CancelAnswer {}

  record Unknown() implements CancelAnswer {}
}
