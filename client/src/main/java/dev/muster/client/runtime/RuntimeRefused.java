package dev.muster.client.runtime;

/// A reason not to run, in one sentence that a person can act on.
public final class RuntimeRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  RuntimeRefused(String sentence) {
    super(sentence);
  }
}
