package dev.muster.tasks.command;

/// What came of ended attempts.
///
/// @param ended how many there were
/// @param retried how many of them are followed by another
public record EndedAttempts(int ended, int retried) {
  public static final EndedAttempts NONE = new EndedAttempts(0, 0);

  public EndedAttempts plus(EndedAttempts other) {
    return new EndedAttempts(ended + other.ended, retried + other.retried);
  }
}
