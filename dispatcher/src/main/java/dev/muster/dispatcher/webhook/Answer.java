package dev.muster.dispatcher.webhook;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What came of sending one event.
sealed interface Answer {
  /// It was taken.
  record Taken(int status) implements Answer {}

  /// It was not taken.
  ///
  /// @param text how the answer begins
  /// @param pause how long the server wants to be left alone; null if it does not say
  record NotTaken(int status, String text, @Nullable Duration pause) implements Answer {
    /// Whether the server says that nobody is there for this webhook any more.
    boolean isGone() {
      return status == GONE;
    }

    private static final int GONE = 410;
  }

  /// There was no answer.
  record None(String reason) implements Answer {}

  /// It was not sent: something of the same subject before it was not taken, its server wants to be
  /// left alone, or time was up.
  record Unsent() implements Answer {}
}
