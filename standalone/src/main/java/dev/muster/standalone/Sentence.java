package dev.muster.standalone;

import org.jspecify.annotations.Nullable;

/// A reason not to start, told to a person in one plain sentence that says what to do.
public final class Sentence extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public Sentence(String sentence) {
    super(sentence);
  }

  Sentence(String sentence, @Nullable Throwable cause) {
    super(sentence, cause);
  }
}
