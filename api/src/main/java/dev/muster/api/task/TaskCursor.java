package dev.muster.api.task;

import dev.muster.api.edge.Refused;
import dev.muster.tasks.command.TaskView;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.UUID;

/// Where a page of tasks ended. Opaque to clients.
record TaskCursor(long createdAtMicros, UUID id) {
  private static final int BYTES = 24;

  /// The end of the year 9999: what comes after it cannot have been given out.
  private static final long MICROS_MAX = 253_402_300_800_000_000L;

  static TaskCursor of(TaskView last) {
    return new TaskCursor(ChronoUnit.MICROS.between(Instant.EPOCH, last.createdAt()), last.id());
  }

  String text() {
    var bytes = ByteBuffer.allocate(BYTES);
    bytes
        .putLong(createdAtMicros)
        .putLong(id.getMostSignificantBits())
        .putLong(id.getLeastSignificantBits());
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
  }

  static TaskCursor parse(String text) {
    try {
      var bytes = Base64.getUrlDecoder().decode(text);
      if (bytes.length == BYTES) {
        var buffer = ByteBuffer.wrap(bytes);
        var cursor = new TaskCursor(buffer.getLong(), new UUID(buffer.getLong(), buffer.getLong()));
        if (cursor.createdAtMicros() >= 0 && cursor.createdAtMicros() <= MICROS_MAX) {
          return cursor;
        }
      }
    } catch (IllegalArgumentException e) {
      throw Refused.invalid("cursor", "is not one that was given out");
    }
    throw Refused.invalid("cursor", "is not one that was given out");
  }
}
