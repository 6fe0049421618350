package dev.muster.api.edge;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Where a page of rows ended that are in the order of their making. Opaque to clients.
public record RowCursor(long createdAtMicros, UUID id) {
  private static final int BYTES = 24;

  /// The end of the year 9999: what comes after it cannot have been given out.
  private static final long MICROS_MAX = 253_402_300_800_000_000L;

  public static String text(Instant createdAt, UUID id) {
    var bytes = ByteBuffer.allocate(BYTES);
    bytes
        .putLong(ChronoUnit.MICROS.between(Instant.EPOCH, createdAt))
        .putLong(id.getMostSignificantBits())
        .putLong(id.getLeastSignificantBits());
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
  }

  /// The cursor of a query; null where there is none.
  public static @Nullable RowCursor parse(@Nullable String text) {
    if (text == null || text.isEmpty()) {
      return null;
    }
    try {
      var bytes = Base64.getUrlDecoder().decode(text);
      if (bytes.length == BYTES) {
        var buffer = ByteBuffer.wrap(bytes);
        var cursor = new RowCursor(buffer.getLong(), new UUID(buffer.getLong(), buffer.getLong()));
        if (cursor.createdAtMicros() >= 0 && cursor.createdAtMicros() <= MICROS_MAX) {
          return cursor;
        }
      }
    } catch (IllegalArgumentException e) {
      throw unknown();
    }
    throw unknown();
  }

  static Refused unknown() {
    return Refused.invalid("cursor", "is not one that was given out");
  }
}
