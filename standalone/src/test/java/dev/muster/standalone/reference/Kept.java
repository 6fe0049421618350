package dev.muster.standalone.reference;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// The bytes that went by, if they are not too many.
final class Kept {
  private static final int MAX = 256 * 1024;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private boolean isTooLong;

  void add(byte[] more, int offset, int length) {
    if (bytes.size() + length > MAX) {
      isTooLong = true;
    } else {
      bytes.write(more, offset, length);
    }
  }

  void add(int one) {
    add(new byte[] {(byte) one}, 0, 1);
  }

  /// The text; null if it was too long.
  @Nullable String text() {
    return isTooLong ? null : bytes.toString(StandardCharsets.UTF_8);
  }
}
