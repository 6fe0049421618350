package dev.muster.api.edge;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Where a page of rows ended that are in the order of a time. Opaque to clients, and good for the
/// list that gave it out alone: in another one it would leave out rows, or show them twice.
public record RowCursor(long micros, UUID id) {
  private static final int BYTES = 25;

  /// The end of the year 9999: what comes after it cannot have been given out.
  private static final long MICROS_MAX = 253_402_300_800_000_000L;

  /// The lists, and their orders.
  public enum Order {
    AGENTS(1),
    COMMENTS(2),
    DEAD_LETTERS(3),
    MEMBERS(4),
    PENDING_TASKS(5),
    RUNTIMES(6),
    SCHEDULES(7),
    SERVICE_TOKENS(8),
    TASKS(9),
    TASKS_BY_END(10),
    TASKS_OF_AGENT(11),
    TOKENS(12),
    WEBHOOKS(13);

    private final int code;

    /// @param code what its cursors begin with
    Order(int code) {
      this.code = code;
    }

    public String cursor(Instant at, UUID id) {
      var bytes = ByteBuffer.allocate(BYTES);
      bytes
          .put((byte) code)
          .putLong(ChronoUnit.MICROS.between(Instant.EPOCH, at))
          .putLong(id.getMostSignificantBits())
          .putLong(id.getLeastSignificantBits());
      return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
    }

    /// The cursor of a query; null where there is none.
    ///
    /// @throws Refused 400 if it was not given out, or by another list
    public @Nullable RowCursor parse(@Nullable String text) {
      if (text == null || text.isEmpty()) {
        return null;
      }
      var bytes = decoded(text);
      if (bytes.length != BYTES) {
        throw unknown();
      }
      var buffer = ByteBuffer.wrap(bytes);
      var order = buffer.get();
      var cursor = new RowCursor(buffer.getLong(), new UUID(buffer.getLong(), buffer.getLong()));
      if (cursor.micros() < 0 || cursor.micros() > MICROS_MAX) {
        throw unknown();
      }
      if (order != code) {
        throw Refused.invalid("cursor", "was given out for another list, or another order");
      }
      return cursor;
    }

    private static byte[] decoded(String text) {
      try {
        return Base64.getUrlDecoder().decode(text);
      } catch (IllegalArgumentException e) {
        throw unknown();
      }
    }
  }

  static Refused unknown() {
    return Refused.invalid("cursor", "is not one that was given out");
  }
}
