package dev.muster.events.task;

import java.util.Locale;

/// What it means when a task's deadline passes: a closed list.
public enum DeadlineReason {
  /// Its `run_after` has come: it may be claimed.
  READY,
  /// It was assigned and not claimed: another runtime may get it.
  ASSIGNED,
  /// It was queued for longer than it may.
  EXPIRED,
  /// It was claimed and not started.
  DEADLINE_START,
  /// It ran for longer than it may.
  DEADLINE_RUN,
  /// Its agent gave no sign for longer than it may.
  DEADLINE_IDLE,
  /// Its runtime works on without having said how the task ended.
  REPORT_LOST,
  /// Its runtime is offline and did not come back.
  RUNTIME_LOST,
  /// The grace after the wish to end it is over.
  CANCELLED;

  /// The word for this reason in SQL.
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The reason a row names.
  ///
  /// @throws IllegalArgumentException if there is no such reason
  public static DeadlineReason of(String wire) {
    return valueOf(wire.toUpperCase(Locale.ROOT));
  }
}
