package dev.muster.standalone.feed;

import org.jspecify.annotations.Nullable;

/// A reason why a tool cannot do what it was asked for, in one plain sentence that says what to do.
final class CannotRun extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CannotRun(String sentence) {
    super(sentence);
  }

  CannotRun(String sentence, @Nullable Throwable cause) {
    super(sentence, cause);
  }
}
