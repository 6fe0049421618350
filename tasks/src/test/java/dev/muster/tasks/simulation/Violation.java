package dev.muster.tasks.simulation;

/// An invariant does not hold.
final class Violation extends AssertionError {
  private static final long serialVersionUID = 1;

  Violation(String message) {
    super(message);
  }
}
