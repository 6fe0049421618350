package dev.muster.api.edge;

/// Text as Postgres can hold it: NUL and unpaired surrogates are replaced by U+FFFD, once, at the
/// edge.
public final class StorableText {
  private static final char REPLACEMENT = '\uFFFD';

  private StorableText() {}

  public static String of(String text) {
    for (var i = 0; i < text.length(); i++) {
      var c = text.charAt(i);
      if (c == 0 || Character.isSurrogate(c)) {
        return replaced(text);
      }
    }
    return text;
  }

  /// The text, or its first `max` characters.
  public static String cut(String text, int max) {
    if (text.length() <= max) {
      return text;
    }
    var end = Character.isHighSurrogate(text.charAt(max - 1)) ? max - 1 : max;
    return text.substring(0, end);
  }

  /// The text, or its beginning and its end with `max` characters at most, and between them how
  /// much is left out.
  public static String shorten(String text, int max) {
    if (text.length() <= max) {
      return text;
    }
    var shortened = Shortened.to(max);
    if (shortened.rest() == 0) {
      return cut(text, max);
    }
    var length = text.length();
    var from = length - shortened.tail(length);
    return of(
        cut(text, shortened.head())
            + "\n"
            + shortened.sentence(length)
            + "\n"
            + text.substring(Character.isLowSurrogate(text.charAt(from)) ? from + 1 : from));
  }

  private static String replaced(String text) {
    var storable = new StringBuilder(text.length());
    for (var i = 0; i < text.length(); i++) {
      var c = text.charAt(i);
      var pairs =
          Character.isHighSurrogate(c)
              && i + 1 < text.length()
              && Character.isLowSurrogate(text.charAt(i + 1));
      if (pairs) {
        storable.append(c).append(text.charAt(++i));
      } else {
        storable.append(c == 0 || Character.isSurrogate(c) ? REPLACEMENT : c);
      }
    }
    return storable.toString();
  }

  /// How a text is shortened that is longer than it may be: its beginning and its end are kept, and
  /// between them stands how much is left out.
  ///
  /// @param head how many characters of the beginning are kept
  /// @param rest how many characters there are for the rest: the sentence, and the end
  public record Shortened(int head, int rest) {
    /// A text that may have fewer is cut off at its end.
    private static final int WITH_TAIL_MIN = 1_000;

    private static final int REST_PART = 4;

    /// How a text of so many characters at most is shortened.
    public static Shortened to(int max) {
      var rest = max < WITH_TAIL_MIN ? 0 : max / REST_PART;
      return new Shortened(max - rest, rest);
    }

    /// What stands in the place of what is left out, of a text that was that long; it is a line of
    /// its own, without the line's ends.
    public String sentence(long length) {
      return "[… the text has %d characters, the middle is left out …]".formatted(length);
    }

    /// How many characters of the end are kept: what the sentence and its two line ends leave.
    public int tail(long length) {
      return rest - sentence(length).length() - 2;
    }
  }
}
