package dev.muster.cli;

/// Texts of others on a terminal: what would move the cursor, colour or clear the screen, or turn
/// the direction of text, is shown and does nothing.
public final class TerminalText {
  private static final char REPLACEMENT = '\uFFFD';

  private TerminalText() {}

  /// A text on one line.
  public static String line(String text) {
    return clean(text.replaceAll("\\R|\t", " "), false);
  }

  /// A text that keeps its lines.
  public static String lines(String text) {
    return clean(text.replace("\r\n", "\n"), true);
  }

  private static String clean(String text, boolean keepsLines) {
    var clean = new StringBuilder(text.length());
    text.codePoints()
        .forEach(c -> {
          var isLine = keepsLines && (c == '\n' || c == '\t');
          clean.appendCodePoint(isLine || !steers(c) ? c : REPLACEMENT);
        });
    return clean.toString();
  }

  private static boolean steers(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
      case Character.FORMAT -> turnsDirection(c);
      default -> false;
    };
  }

  /// Embeddings, overrides and isolates, which turn the direction of what stands around them.
  private static boolean turnsDirection(int c) {
    var isEmbedding = c >= 0x202A && c <= 0x202E;
    var isIsolate = c >= 0x2066 && c <= 0x2069;
    return isEmbedding || isIsolate;
  }
}
