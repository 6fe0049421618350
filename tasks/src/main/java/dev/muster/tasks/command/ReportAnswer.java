package dev.muster.tasks.command;

/// What became of a runtime's write about its task.
public sealed interface ReportAnswer {
  /// The write was taken, or had been before.
  record Accepted(TaskView task) implements ReportAnswer {}

  /// The task was over before: the write changes nothing, and the writer learns how it ended.
  record Late(TaskView task) implements ReportAnswer {}

  /// The writer's claim is over: the task was taken back and may run elsewhere.
  record Fenced(TaskView task) implements ReportAnswer {}

  /// The task is not in a state that takes this write.
  record WrongState(TaskView task) implements ReportAnswer {}

  /// There is no such task.
  record Unknown() implements ReportAnswer {}

  /// The task belongs to a workspace that the caller is not a member of.
  record Foreign() implements ReportAnswer {}
}
