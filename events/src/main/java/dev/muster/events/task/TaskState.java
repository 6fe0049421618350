package dev.muster.events.task;

import java.util.Locale;

/// Where a task stands, and the only table of legal moves.
public enum TaskState {
  QUEUED,
  DISPATCHED,
  RUNNING,
  COMPLETED,
  FAILED,
  CANCELLED;

  /// Whether one change may lead from this state to `next`. A change need not leave the state: a
  /// queued task is assigned to a runtime or taken from one, a waiting one is given another comment
  /// to answer, the end of a running one is asked for. A queued one may be completed by the runtime
  /// that it was taken from.
  public boolean canBecome(TaskState next) {
    return switch (this) {
      case QUEUED -> next != RUNNING;
      case DISPATCHED -> next != COMPLETED;
      case RUNNING -> next == QUEUED || next == RUNNING || next.isFinal();
      case COMPLETED, FAILED, CANCELLED -> false;
    };
  }

  public boolean isFinal() {
    return switch (this) {
      case QUEUED, DISPATCHED, RUNNING -> false;
      case COMPLETED, FAILED, CANCELLED -> true;
    };
  }

  /// The word for this state in SQL and JSON.
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The state a row or record names.
  ///
  /// @throws IllegalArgumentException if there is no such state
  public static TaskState of(String wire) {
    return valueOf(wire.toUpperCase(Locale.ROOT));
  }
}
