package dev.muster.events;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// The one spelling of an instant in events and on Muster's own routes: RFC 3339 in UTC, with `Z`,
/// to the microsecond, which is what Postgres keeps.
public final class InstantText {
  private static final DateTimeFormatter MICROS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private InstantText() {}

  public static String of(Instant instant) {
    return MICROS.format(instant);
  }
}
