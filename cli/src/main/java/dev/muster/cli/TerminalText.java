package dev.muster.cli;

import java.lang.Character.UnicodeScript;
import java.util.EnumSet;
import java.util.Set;

/// Texts of others on a terminal: what would move the cursor, colour or clear the screen, or turn
/// the direction of text, is shown and does nothing.
public final class TerminalText {
  private static final char REPLACEMENT = '\uFFFD';
  private static final Set<UnicodeScript> WIDE =
      EnumSet.of(
          UnicodeScript.HAN,
          UnicodeScript.HIRAGANA,
          UnicodeScript.KATAKANA,
          UnicodeScript.HANGUL,
          UnicodeScript.BOPOMOFO,
          UnicodeScript.YI);

  private TerminalText() {}

  /// A text on one line.
  public static String line(String text) {
    return clean(text.replaceAll("\\R|\t", " "), false);
  }

  /// A text that keeps its lines.
  public static String lines(String text) {
    return clean(text.replace("\r\n", "\n"), true);
  }

  /// How many columns a terminal gives to a line.
  static int width(String line) {
    return line.codePoints().map(TerminalText::width).sum();
  }

  /// As much of the beginning as fits into so many columns, with a mark where it was cut.
  static String atMost(int columns, String line) {
    if (width(line) <= columns) {
      return line;
    }
    var cut = new StringBuilder();
    var width = 1;
    for (var c : line.codePoints().toArray()) {
      width += width(c);
      if (width > columns) {
        break;
      }
      cut.appendCodePoint(c);
    }
    return cut.append('…').toString();
  }

  /// Close to Unicode's East Asian Width, which the JDK does not tell.
  private static int width(int c) {
    return switch (Character.getType(c)) {
      case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.FORMAT -> 0;
      default -> {
        var isFullWidth = (c >= 0x3000 && c <= 0x303E) || (c >= 0xFF01 && c <= 0xFF60);
        var isWide = WIDE.contains(UnicodeScript.of(c)) || Character.isEmojiPresentation(c);
        yield isFullWidth || isWide ? 2 : 1;
      }
    };
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
