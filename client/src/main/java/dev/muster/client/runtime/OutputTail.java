package dev.muster.client.runtime;

/// The last part of a text that grows: so many characters and no more.
final class OutputTail {
  private final int max;
  // Guarded by itself.
  private final StringBuilder kept = new StringBuilder();

  OutputTail(int max) {
    this.max = max;
  }

  void append(CharSequence text) {
    synchronized (kept) {
      kept.append(text);
      // Cut seldom: each cut moves all that stays.
      if (kept.length() > 2 * max) {
        kept.delete(0, kept.length() - max);
      }
    }
  }

  String text() {
    synchronized (kept) {
      var start = Math.max(0, kept.length() - max);
      var inPair = start > 0 && Character.isLowSurrogate(kept.charAt(start));
      return kept.substring(inPair ? start + 1 : start);
    }
  }
}
