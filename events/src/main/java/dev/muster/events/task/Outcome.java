package dev.muster.events.task;

/// What a command does to a task.
public sealed interface Outcome {
  /// The task is in `next` from now on, with an event. It may be the state it was in.
  record Moves(TaskState next) implements Outcome {}

  /// The command is obeyed, and the task's story does not change by it.
  record Taken() implements Outcome {}

  /// The same had been done before: answered like the first time, and nothing changes.
  record Repeated() implements Outcome {}

  /// The task was over before: nothing changes, and the answer says how it ended.
  record Late() implements Outcome {}

  /// The writer's claim is over: nothing changes, and the answer says who holds the task.
  record Fenced() implements Outcome {}

  /// The command means nothing in this state.
  record Refused() implements Outcome {}
}
