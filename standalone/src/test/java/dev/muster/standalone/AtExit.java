package dev.muster.standalone;

import java.util.ArrayDeque;
import java.util.Deque;

/// What is stopped when the JVM ends: what was started last goes first, so that nothing looks for
/// servers that are gone. Hooks of the JVM run all at once.
final class AtExit {
  private static final Deque<Runnable> STOPS = new ArrayDeque<>();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(AtExit::stopAll, "muster-at-exit"));
  }

  private AtExit() {}

  static void stop(Runnable stop) {
    synchronized (STOPS) {
      STOPS.push(stop);
    }
  }

  private static void stopAll() {
    synchronized (STOPS) {
      STOPS.forEach(AtExit::run);
    }
  }

  /// What does not stop in order must not keep the others from it: a Postgres would be left over.
  private static void run(Runnable stop) {
    try {
      stop.run();
    } catch (RuntimeException | Error e) {
      System.err.println("Something did not stop in order: " + e);
    }
  }
}
