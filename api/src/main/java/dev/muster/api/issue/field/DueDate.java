package dev.muster.api.issue.field;

import dev.muster.api.edge.Refused;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// When an issue is due, as clients write it: RFC 3339.
public final class DueDate {
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
    if (!RFC3339.matcher(text).matches()) {
      throw refused();
    }
    try {
      var due = OffsetDateTime.parse(text.toUpperCase(Locale.ROOT)).toInstant();
      var year = due.atOffset(ZoneOffset.UTC).getYear();
      if (year < YEAR_MIN || year > YEAR_MAX) {
        throw refused();
      }
      return due;
    } catch (DateTimeParseException e) {
      throw refused();
    }
  }

  private static Refused refused() {
    return Refused.badRequest("invalid due_date format, expected RFC3339");
  }
}
