package dev.muster.events.task;

/// Where a task stands when a command comes.
///
/// @param cancelRequested whether somebody wants the running task ended
/// @param attemptsLeft whether a lost attempt is followed by another
/// @param takenBack whether it waits since it was taken from a runtime that may be at work on it
///   all the same, and nobody has claimed it since
public record Standing(
    TaskState state, boolean cancelRequested, boolean attemptsLeft, boolean takenBack) {
  public Standing {
    if (cancelRequested && state != TaskState.RUNNING) {
      throw new IllegalArgumentException(
          "only the end of a running task is asked for, not " + state);
    }
    if (takenBack && state != TaskState.QUEUED) {
      throw new IllegalArgumentException("what is taken back waits, and is not " + state);
    }
  }

  public Standing(TaskState state, boolean cancelRequested, boolean attemptsLeft) {
    this(state, cancelRequested, attemptsLeft, false);
  }
}
