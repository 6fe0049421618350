package dev.muster.tasks.simulation;

/// A process ends between two of its steps. Whoever catches it is no part of that process.
final class Crash extends Error {
  private static final long serialVersionUID = 1;

  Crash() {
    super("a process ends here", null, false, false);
  }
}
