package dev.muster.tasks.decide;

import dev.muster.events.EventType;
import dev.muster.events.task.DeadlineReason;
import dev.muster.events.task.FailureReason;
import dev.muster.events.task.TaskState;

/// What happens when a task's deadline has passed.
final class PassedDeadlines {
  private final Board board;
  private final Attempts attempts;

  PassedDeadlines(Board board, Attempts attempts) {
    this.board = board;
    this.attempts = attempts;
  }

  /// Deals with the task's deadline, if it has passed. One that means nothing in the task's state
  /// is put right, lest it is found overdue for ever and keeps others from being looked at.
  ///
  /// @return whether the deadline meant something, or had not passed
  boolean pass(Task task) {
    var deadline = task.deadline();
    if (deadline == null
        || !deadline.at().isBefore(board.situation.now)
        || task.state().isFinal()) {
      return true;
    }
    if (means(deadline.reason(), task)) {
      return true;
    }
    board.keep(task.withDeadline(board.transitions.ofState(task)));
    return false;
  }

  private boolean means(DeadlineReason reason, Task task) {
    return switch (reason) {
      case READY -> ready(task);
      case ASSIGNED -> takeBack(task);
      case EXPIRED -> end(task, FailureReason.EXPIRED);
      case DEADLINE_START -> end(task, FailureReason.DEADLINE_START);
      case DEADLINE_RUN -> end(task, FailureReason.DEADLINE_RUN);
      case DEADLINE_IDLE -> end(task, FailureReason.DEADLINE_IDLE);
      case REPORT_LOST -> end(task, FailureReason.REPORT_LOST);
      case RUNTIME_LOST -> end(task, FailureReason.RUNTIME_LOST);
      case CANCELLED -> end(task, FailureReason.CANCELLED);
    };
  }

  /// Lets a task be claimed from now on. Where the agent names the runtime it is assigned as well.
  private boolean ready(Task task) {
    if (task.state() != TaskState.QUEUED || task.place().ready()) {
      return false;
    }
    var ready = board.tell(EventType.TASK_READY, board.transitions.ready(task));
    var runtime = ready.place().runtime();
    if (runtime != null && ready.needs().pinned()) {
      board.tell(EventType.TASK_ASSIGNED, board.transitions.assignPinned(ready, runtime));
    }
    return true;
  }

  private boolean takeBack(Task task) {
    if (task.state() != TaskState.QUEUED
        || task.needs().pinned()
        || task.place().assignedAt() == null) {
      return false;
    }
    board.tell(EventType.TASK_REQUEUED, board.transitions.takeBack(task));
    return true;
  }

  private boolean end(Task task, FailureReason reason) {
    return attempts.end(task, reason, reason.sentence()).ended() > 0;
  }
}
