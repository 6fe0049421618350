package dev.muster.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Map;

/// What a command has of its surroundings.
record Context(Map<String, String> environment, Output out, PrintWriter err) {
  private static final Duration ASK_AGAIN = Duration.ofMillis(700);

  /// Says something to the person beside what was asked for.
  void note(String line) {
    err.println(TerminalText.line(line));
    err.flush();
  }

  /// Says what went wrong, if there is anything to say. Returns its exit code.
  int told(Failure failure) {
    if (!failure.sentence().isEmpty()) {
      note(failure.sentence());
    }
    return failure.code();
  }

  /// Waits before what may have changed is asked for again, if there is still somebody to tell.
  void pause() {
    pause(ASK_AGAIN);
  }

  void pause(Duration length) {
    out.requireReader();
    try {
      Thread.sleep(length);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure(Failure.NO_ANSWER, "Interrupted.");
    }
  }
}
