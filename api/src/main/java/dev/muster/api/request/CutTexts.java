package dev.muster.api.request;

import dev.muster.api.edge.StorableText;
import java.io.IOException;
import java.io.Reader;

/// JSON as it is read, with what is too long left out of the middle of each text: a report of many
/// megabytes never is in memory.
///
/// What is nested deeper than [#DEPTH_MAX] is null, so that it does not cost the rest of its body.
/// A text has at most as many characters as it may have, and is valid wherever it was; what is left
/// out is not looked at.
final class CutTexts extends Reader {
  /// Deeper than anything that is meant, and no deeper than Jackson and Postgres go.
  static final int DEPTH_MAX = 200;

  private static final int HEX_DIGITS = 4;
  private static final int HEX = 16;
  private static final int SIMPLE_ESCAPE = 1 << 16;
  private static final int UNICODE_ESCAPE = 2 << 16;
  private static final int READ_AT_ONCE = 8_192;

  private final Reader in;
  private final StorableText.Shortened shortened;
  private final char[] got = new char[READ_AT_ONCE];

  /// What is to be read next, from `outAt` on.
  private final StringBuilder out = new StringBuilder();

  private int outAt;
  private boolean inText;

  /// How many characters the text has so far; one that is escaped is one.
  private long length;

  /// The last characters of a text after its head, as a ring: what they are in the low half, how
  /// they were written in the high one.
  private int[] ring = {};

  private int depth;

  /// How deep in what is left out; 0 outside of it.
  private int skipped;

  private boolean escapeBegins;
  private int hexDigits;
  private int hexValue;

  /// @param max how many characters a text keeps
  CutTexts(Reader in, int max) {
    super(in);
    this.in = in;
    this.shortened = StorableText.Shortened.to(max);
  }

  @Override
  public int read(char[] chars, int offset, int wanted) throws IOException {
    while (outAt == out.length()) {
      out.setLength(0);
      outAt = 0;
      var count = in.read(got, 0, got.length);
      if (count < 0) {
        return -1;
      }
      for (var i = 0; i < count; i++) {
        take(got[i]);
      }
    }
    var given = Math.min(wanted, out.length() - outAt);
    out.getChars(outAt, outAt + given, chars, offset);
    outAt += given;
    return given;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  private void take(char c) {
    if (skipped > 0) {
      skip(c);
    } else if (!inText) {
      outside(c);
    } else if (escapeBegins) {
      escapeBegins = false;
      if (c == 'u') {
        hexDigits = HEX_DIGITS;
        hexValue = 0;
      } else {
        keep(SIMPLE_ESCAPE | c);
      }
    } else if (hexDigits > 0) {
      hexValue = hexValue * HEX + Math.max(0, Character.digit(c, HEX));
      if (--hexDigits == 0) {
        keep(UNICODE_ESCAPE | hexValue);
      }
    } else if (c == '"') {
      end();
      inText = false;
      out.append(c);
    } else if (c == '\\') {
      escapeBegins = true;
    } else {
      keep(c);
    }
  }

  private void outside(char c) {
    switch (c) {
      case '"' -> {
        inText = true;
        length = 0;
      }
      case '{', '[' -> {
        if (depth == DEPTH_MAX) {
          skipped = 1;
          out.append("null");
          return;
        }
        depth++;
      }
      case '}', ']' -> depth--;
      default -> {}
    }
    out.append(c);
  }

  /// What is nested too deep is null.
  private void skip(char c) {
    if (escapeBegins) {
      escapeBegins = false;
    } else if (inText) {
      inText = c != '"';
      escapeBegins = c == '\\';
    } else {
      switch (c) {
        case '"' -> inText = true;
        case '{', '[' -> skipped++;
        case '}', ']' -> skipped--;
        default -> {}
      }
    }
  }

  private void keep(int character) {
    if (length < shortened.head()) {
      write(character);
    } else if (shortened.rest() > 0) {
      if (ring.length == 0) {
        ring = new int[shortened.rest()];
      }
      ring[place(length)] = character;
    }
    length++;
  }

  private int place(long at) {
    return (int) ((at - shortened.head()) % shortened.rest());
  }

  /// The text is over: its end follows, and before it, where something is left out, how much.
  private void end() {
    if (length <= shortened.head() || shortened.rest() == 0) {
      return;
    }
    var kept = length - shortened.head();
    if (kept > shortened.rest()) {
      kept = shortened.tail(length);
      out.append("\\n").append(shortened.sentence(length)).append("\\n");
    }
    for (var at = length - kept; at < length; at++) {
      write(ring[place(at)]);
    }
  }

  private void write(int character) {
    var c = (char) character;
    if (character >= UNICODE_ESCAPE) {
      out.append("\\u%04x".formatted((int) c));
    } else if (character >= SIMPLE_ESCAPE) {
      out.append('\\').append(c);
    } else {
      out.append(c);
    }
  }
}
