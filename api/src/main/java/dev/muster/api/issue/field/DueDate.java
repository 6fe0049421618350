package dev.muster.api.issue.field;

import dev.muster.api.edge.Refused;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// When an issue is due, as clients write it: a time by RFC 3339, or a day, which is its first
/// instant in UTC.
public final class DueDate {
  private static final Pattern DAY = Pattern.compile("\\d{4}-\\d\\d-\\d\\d");

  private static final Pattern RFC3339 =
      Pattern.compile(
          "\\d{4}-\\d\\d-\\d\\d[Tt]\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?([Zz]|[+-]\\d\\d:\\d\\d)");

  /// Before it JDBC counts days by another calendar than Postgres.
  private static final int YEAR_MIN = 1583;

  private static final int YEAR_MAX = 9999;

  private DueDate() {}

  /// The instant; null for no text.
  public static @Nullable Instant parse(@Nullable String text) {
    if (text == null || text.isEmpty()) {
      return null;
    }
    var isDay = DAY.matcher(text).matches();
    if (!isDay && !RFC3339.matcher(text).matches()) {
      throw refused("is neither a day, YYYY-MM-DD, nor a time by RFC 3339");
    }
    try {
      var time = isDay ? text + "T00:00:00Z" : text.toUpperCase(Locale.ROOT);
      var due = OffsetDateTime.parse(time).toInstant();
      var year = due.atOffset(ZoneOffset.UTC).getYear();
      if (year < YEAR_MIN || year > YEAR_MAX) {
        throw refused("is not of the years %d to %d".formatted(YEAR_MIN, YEAR_MAX));
      }
      return due;
    } catch (DateTimeParseException e) {
      throw refused("names a day or a time that there is not");
    }
  }

  /// In Multica's words, and what is wrong beside them.
  private static Refused refused(String reason) {
    return Refused.invalid("invalid due_date format, expected RFC3339", "due_date", reason);
  }
}
