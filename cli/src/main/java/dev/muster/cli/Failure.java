package dev.muster.cli;

/// A command that could not do what was asked, in a sentence, with its exit code.
final class Failure extends RuntimeException {
  private static final long serialVersionUID = 1;

  static final int NOT_ALLOWED = 3;
  static final int NOT_FOUND = 4;
  static final int REFUSED = 5;
  static final int NO_ANSWER = 6;
  static final int NOT_WRITTEN = 7;

  /// As a shell says of a program that SIGPIPE has ended.
  private static final int CLOSED = 141;

  private final int code;
  private final String sentence;

  Failure(int code, String sentence) {
    super(sentence);
    this.code = code;
    this.sentence = sentence;
  }

  /// Whether the code is that of output that does not get where it should.
  static boolean isOfOutput(int code) {
    return code == NOT_WRITTEN || code == CLOSED;
  }

  /// Whoever read the output has enough of it: nothing to be said of.
  static Failure ofClosedOutput() {
    return new Failure(CLOSED, "");
  }

  int code() {
    return code;
  }

  String sentence() {
    return sentence;
  }
}
