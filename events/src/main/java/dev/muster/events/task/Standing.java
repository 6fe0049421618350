package dev.muster.events.task;

/// Where a task stands when a command comes.
///
/// @param cancelRequested whether somebody wants the running task ended
/// @param attemptsLeft whether a lost attempt is followed by another
public record Standing(TaskState state, boolean cancelRequested, boolean attemptsLeft) {
  public Standing {
    if (cancelRequested && state != TaskState.RUNNING) {
      throw new IllegalArgumentException(
          "only the end of a running task is asked for, not " + state);
    }
  }
}
