package dev.muster.api.request;

import java.io.FilterReader;
import java.io.IOException;
import java.io.Reader;

/// JSON as it is read, with what is too long left out of each text: a report of many megabytes
/// never is in memory.
///
/// A text keeps at least as many characters as it may have, and is valid wherever it was; what is
/// left out is not looked at.
final class CutTexts extends FilterReader {
  private static final int HEX_DIGITS = 4;

  private final int max;
  private boolean inText;
  private int kept;

  /// What is left of an escape sequence: it is kept or left out as a whole.
  private int escaped;

  private boolean escapeBegins;

  /// @param max how many characters a text keeps
  CutTexts(Reader in, int max) {
    super(in);
    this.max = max;
  }

  @Override
  public int read() throws IOException {
    var one = new char[1];
    return read(one, 0, 1) < 0 ? -1 : one[0];
  }

  @Override
  public int read(char[] chars, int offset, int length) throws IOException {
    while (true) {
      var got = in.read(chars, offset, length);
      if (got <= 0) {
        return got;
      }
      var left = keep(chars, offset, got);
      if (left > 0) {
        return left;
      }
    }
  }

  private int keep(char[] chars, int offset, int count) {
    var to = offset;
    for (var from = offset; from < offset + count; from++) {
      if (isKept(chars[from])) {
        chars[to++] = chars[from];
      }
    }
    return to - offset;
  }

  private boolean isKept(char c) {
    if (!inText) {
      inText = c == '"';
      kept = 0;
      return true;
    }
    if (escapeBegins) {
      escapeBegins = false;
      escaped = c == 'u' ? HEX_DIGITS : 0;
      return kept <= max;
    }
    if (escaped > 0) {
      escaped--;
      return kept <= max;
    }
    if (c == '"') {
      inText = false;
      return true;
    }
    escapeBegins = c == '\\';
    kept = Math.min(kept + 1, max + 1);
    return kept <= max;
  }
}
