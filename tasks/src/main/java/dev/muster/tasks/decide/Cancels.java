package dev.muster.tasks.decide;

import dev.muster.events.EventType;
import dev.muster.events.task.Command;
import dev.muster.events.task.Generation;
import dev.muster.events.task.Outcome;
import dev.muster.events.task.TaskState;
import dev.muster.tasks.command.Author;
import dev.muster.tasks.command.CancelAnswer;
import org.jspecify.annotations.Nullable;

/// Ends tasks because somebody wants it. A task that nobody runs yet is over at once. The end of a
/// running one is asked for: its runtime is told, kills the agent and says so, and if it does not
/// the deadline ends the task.
final class Cancels {
  private final Board board;

  Cancels(Board board) {
    this.board = board;
  }

  CancelAnswer cancel(Task task, @Nullable Author by) {
    return switch (Command.CANCEL.on(task.standing(), Generation.NONE)) {
      case Outcome.Moves(var next) -> {
        end(task, next == TaskState.CANCELLED, by);
        yield new CancelAnswer.Cancelled();
      }
      case Outcome.Repeated _ -> new CancelAnswer.Cancelled();
      case Outcome.Refused _, Outcome.Taken _, Outcome.Late _, Outcome.Fenced _ ->
          new CancelAnswer.Over(task.state());
    };
  }

  /// Ends an open task. Returns whether that changed it.
  boolean cancelOpen(Task task, boolean isForGood, @Nullable Author by) {
    if (task.state().isFinal() || (!isForGood && task.isCancelRequested())) {
      return false;
    }
    end(task, isForGood || task.state() != TaskState.RUNNING, by);
    return true;
  }

  private void end(Task task, boolean atOnce, @Nullable Author by) {
    if (by != null) {
      board.cancelled(task, by);
    }
    if (atOnce) {
      board.tell(EventType.TASK_CANCELLED, board.transitions.cancel(task));
    } else {
      board.tell(EventType.TASK_CANCEL_REQUESTED, board.transitions.requestCancel(task));
    }
  }
}
