package dev.muster.api.task;

import dev.muster.events.task.TaskState;

/// What became of a runtime's report.
sealed interface Report {
  /// The report moved the task, or had done so before.
  record Accepted(TaskView task) implements Report {}

  /// The task was over before: the report changes nothing, and the reporter learns how it ended.
  record Late(TaskView task) implements Report {}

  /// The claim is over: the task was taken back and may run elsewhere.
  record Fenced(TaskView task) implements Report {}

  /// The task is not in a state that takes this report.
  record WrongState() implements Report {}

  /// There is no such task.
  record Unknown() implements Report {}

  /// The task belongs to a workspace that the caller is not a member of.
  record Foreign() implements Report {}

  /// What a report may say.
  enum Kind {
    START,
    COMPLETE,
    FAIL;

    /// What a report means that did not move the task, since the task already stood in `state`.
    Report against(TaskState state, TaskView task) {
      return switch (this) {
        case START -> state == TaskState.RUNNING ? new Accepted(task) : new WrongState();
        case COMPLETE, FAIL -> state.isFinal() ? new Late(task) : new WrongState();
      };
    }
  }
}
