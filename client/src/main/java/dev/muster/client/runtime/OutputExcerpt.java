package dev.muster.client.runtime;

/// The beginning and the end of a text that grows, and how long it was: so many characters and no
/// more. Where something is left out, a line says so, in the words in which the server shortens.
final class OutputExcerpt {
  private final int headMax;
  private final int tailMax;
  // Guarded by the lock on this object.
  private final StringBuilder head = new StringBuilder();
  private final StringBuilder tail = new StringBuilder();
  private long length;

  /// @param headMax how many characters of the beginning are kept
  /// @param tailMax how many of the end, with the line about what is left out
  OutputExcerpt(int headMax, int tailMax) {
    this.headMax = headMax;
    this.tailMax = tailMax;
  }

  synchronized void append(CharSequence text) {
    var toHead = Math.min(text.length(), headMax - head.length());
    head.append(text, 0, toHead);
    tail.append(text, toHead, text.length());
    length += text.length();
    // Cut seldom: each cut moves all that stays.
    if (tail.length() > 2 * tailMax) {
      tail.delete(0, tail.length() - tailMax);
    }
  }

  synchronized String text() {
    if (length <= (long) headMax + tailMax) {
      return head.toString() + tail;
    }
    var sentence = "\n[… the text has %d characters, the middle is left out …]\n".formatted(length);
    var isInPair = Character.isHighSurrogate(head.charAt(headMax - 1));
    var from = tail.length() - (tailMax - sentence.length());
    var fromPair = Character.isLowSurrogate(tail.charAt(from));
    return head.substring(0, isInPair ? headMax - 1 : headMax)
        + sentence
        + tail.substring(fromPair ? from + 1 : from);
  }
}
