package dev.muster.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Map;

/// What a command has of its surroundings.
record Context(Map<String, String> environment, PrintWriter out, PrintWriter err) {
  private static final Duration ASK_AGAIN = Duration.ofMillis(700);

  /// Says something to the person beside what was asked for.
  void note(String line) {
    err.println(TerminalText.line(line));
    err.flush();
  }

  /// Waits before what may have changed is asked for again.
  void pause() {
    try {
      Thread.sleep(ASK_AGAIN);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure(Failure.NO_ANSWER, "Interrupted.");
    }
  }
}
