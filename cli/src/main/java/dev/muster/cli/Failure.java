package dev.muster.cli;

/// A command that could not do what was asked, in a sentence, with its exit code.
final class Failure extends RuntimeException {
  private static final long serialVersionUID = 1;

  static final int NOT_ALLOWED = 3;
  static final int NOT_FOUND = 4;
  static final int REFUSED = 5;
  static final int NO_ANSWER = 6;

  private final int code;
  private final String sentence;

  Failure(int code, String sentence) {
    super(sentence);
    this.code = code;
    this.sentence = sentence;
  }

  int code() {
    return code;
  }

  String sentence() {
    return sentence;
  }
}
