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
}
