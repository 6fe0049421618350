package dev.muster.dispatcher.webhook;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The header `Retry-After` of an answer, as RFC 9110 has it: seconds, or a date.
final class RetryAfter {
  private static final Pattern SECONDS = Pattern.compile("[0-9]+");

  /// So many digits are longer than any pause.
  private static final int DIGITS_MAX = 9;

  private RetryAfter() {}

  /// How long it asks to wait, at most as long as any delivery waits; null if it is neither form.
  static @Nullable Duration read(String value, Instant now) {
    var text = value.strip();
    if (SECONDS.matcher(text).matches()) {
      return text.length() > DIGITS_MAX
          ? Backoff.MOST
          : bounded(Duration.ofSeconds(Long.parseLong(text)));
    }
    try {
      return bounded(
          Duration.between(now, DateTimeFormatter.RFC_1123_DATE_TIME.parse(text, Instant::from)));
    } catch (DateTimeException e) {
      return null;
    }
  }

  private static Duration bounded(Duration asked) {
    if (asked.isNegative()) {
      return Duration.ZERO;
    }
    return asked.compareTo(Backoff.MOST) > 0 ? Backoff.MOST : asked;
  }
}
