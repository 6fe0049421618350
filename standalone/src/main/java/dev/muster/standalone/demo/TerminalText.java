package dev.muster.standalone.demo;

/// Text of others for a terminal: what would move the cursor, colour or clear the screen is shown
/// and does nothing.
final class TerminalText {
  private static final char SHOWN = '\uFFFD';

  private TerminalText() {}

  /// The text with each control character but the line's end replaced.
  static String of(String text) {
    return text.chars()
        .map(c -> Character.isISOControl(c) && c != '\n' && c != '\t' ? SHOWN : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }
}
