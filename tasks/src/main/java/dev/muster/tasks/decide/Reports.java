package dev.muster.tasks.decide;

import dev.muster.events.EventType;
import dev.muster.events.task.FailureReason;
import dev.muster.events.task.Generation;
import dev.muster.events.task.Outcome;
import dev.muster.events.task.TaskState;
import dev.muster.tasks.command.ReportAnswer;
import dev.muster.tasks.command.Said;
import dev.muster.tasks.command.TaskCommand.Report;

/// What a runtime's word about its task does: the table of `Command` says whether, this says what.
final class Reports {
  private final Board board;
  private final Attempts attempts;

  Reports(Board board, Attempts attempts) {
    this.board = board;
    this.attempts = attempts;
  }

  /// @param task the task that the report is about
  ReportAnswer take(Report report, Task task) {
    if (!report.workspaces().contains(task.workspace().value())) {
      return new ReportAnswer.Foreign();
    }
    return switch (report.said().command().on(task.standing(), generation(report, task))) {
      case Outcome.Moves _, Outcome.Taken _ -> {
        obey(
            report.said(),
            task.state() == TaskState.QUEUED
                ? board.transitions.returned(task, report.holder())
                : task);
        yield new ReportAnswer.Accepted(Views.of(board.task(task.id())));
      }
      case Outcome.Repeated _ -> new ReportAnswer.Accepted(Views.of(task));
      case Outcome.Late _ -> new ReportAnswer.Late(Views.of(task));
      case Outcome.Fenced _ -> new ReportAnswer.Fenced(Views.of(task));
      case Outcome.Refused _ -> new ReportAnswer.WrongState(Views.of(task));
    };
  }

  private static Generation generation(Report report, Task task) {
    var sent = report.generation();
    if (sent == null) {
      return Generation.NONE;
    }
    return sent == task.generation() ? Generation.CURRENT : Generation.OLD;
  }

  private void obey(Said said, Task task) {
    var transitions = board.transitions;
    switch (said) {
      case Said.Start _ -> board.tell(EventType.TASK_RUNNING, transitions.start(task));
      case Said.Prepare _ -> board.keep(transitions.prepare(task));
      case Said.Complete complete -> complete(complete, task);
      case Said.Fail fail -> {
        var left = transitions.keepSession(task, fail.session());
        var kept = fail.reason().spoilsSession() ? transitions.forgetSession(left) : left;
        var _ =
            kept.state() == TaskState.QUEUED
                ? attempts.fail(kept, fail.reason(), fail.error())
                : attempts.end(kept, fail.reason(), fail.error());
      }
      case Said.Release _ -> attempts.end(task, FailureReason.RELEASED, "");
      case Said.AcknowledgeCancel _ -> attempts.end(task, FailureReason.CANCELLED, "");
      case Said.KeepSession keep -> board.keep(transitions.keepSession(task, keep.session()));
    }
  }

  private void complete(Said.Complete complete, Task task) {
    var kept = board.transitions.keepSession(task, complete.session());
    var ended = board.transitions.complete(kept, complete.result());
    if (ended.state() == TaskState.COMPLETED && !complete.output().isEmpty()) {
      board.comment(task, complete.under(), complete.output(), "comment");
    }
    board.tell(
        ended.state() == TaskState.COMPLETED ? EventType.TASK_COMPLETED : EventType.TASK_CANCELLED,
        ended);
  }
}
