package dev.muster.api.edge;

import dev.muster.tasks.command.Priority;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Checks of what clients send. Each names the field, says the reason, and throws [Refused].
public final class Input {
  private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");
  private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999999999Z");
  private static final Pattern HEX = Pattern.compile("[0-9a-fA-F]{32}");

  private Input() {}

  /// A text that must be there: trimmed, not empty.
  public static String required(String field, @Nullable String value, int max) {
    var given = value == null ? "" : atMost(field, value.strip(), max).strip();
    if (given.codePoints().allMatch(Input::isUnseen)) {
      throw Refused.invalid(field, "is required");
    }
    return given;
  }

  private static boolean isUnseen(int c) {
    return Character.getType(c) == Character.FORMAT || Character.isWhitespace(c);
  }

  /// A name, as it is shown in a line: control characters are spaces, and nothing in it turns the
  /// direction of what stands around it.
  private static String inALine(String name) {
    var shown = new StringBuilder(name.length());
    name.codePoints()
        .filter(c -> !turnsDirection(c))
        .map(c -> Character.isISOControl(c) ? ' ' : c)
        .forEach(shown::appendCodePoint);
    return shown.toString();
  }

  /// The embeddings, overrides and isolates of Unicode's bidirectional algorithm.
  private static boolean turnsDirection(int c) {
    return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
  }

  /// A text that may be missing.
  public static String orElse(String field, @Nullable String value, String otherwise, int max) {
    return value == null ? otherwise : atMost(field, value, max);
  }

  public static @Nullable String optional(String field, @Nullable String value, int max) {
    return value == null ? null : atMost(field, value, max);
  }

  /// A text that tells things apart: trimmed, null where there is none, and otherwise taken as it
  /// is given. What would have to be changed is refused, since two of them might become one.
  public static @Nullable String key(String field, @Nullable String value) {
    if (value == null || value.isBlank()) {
      return null;
    }
    var given = value.strip();
    if (!given.equals(atMost(field, given, Limits.PROVIDER))) {
      throw Refused.invalid(
          field, "has control characters, or ones that turn the direction of text");
    }
    return given;
  }

  public static <T extends @Nullable Object> List<T> list(
      String field, @Nullable List<T> value, int max) {
    if (value == null) {
      return List.of();
    }
    if (value.size() > max) {
      throw Refused.invalid(field, "has more than " + max + " elements");
    }
    return value;
  }

  public static int between(String field, int value, int min, int max) {
    if (value < min || value > max) {
      throw Refused.invalid(field, "must be between " + min + " and " + max);
    }
    return value;
  }

  /// A number with a fraction. Events write it out: what is refused would be hundreds of digits in
  /// each of them.
  public static double fraction(String field, double value) {
    if (StorableJson.isOutOfRange(value)) {
      throw Refused.invalid(field, "is out of range");
    }
    return value;
  }

  /// How many rows a page has at most: `max` where nothing is said.
  public static int limit(@Nullable String value, int max) {
    return limit(value, max, max);
  }

  /// The same, with another number where nothing is said.
  public static int limit(@Nullable String value, int otherwise, int max) {
    if (value == null || value.isEmpty()) {
      return otherwise;
    }
    try {
      return between("limit", Integer.parseInt(value), 1, max);
    } catch (NumberFormatException e) {
      throw Refused.invalid("limit", "is not a number");
    }
  }

  public static String oneOf(String field, String value, Collection<String> allowed) {
    if (!allowed.contains(value)) {
      throw Refused.invalid(field, "must be one of " + String.join(", ", allowed));
    }
    return value;
  }

  /// A JSON object, as text for a `jsonb` parameter.
  public static String object(String field, @Nullable JsonNode value) {
    return object(field, value, Limits.JSON);
  }

  public static String object(String field, @Nullable JsonNode value, int max) {
    if (value == null || value.isNull()) {
      return "{}";
    }
    if (!value.isObject()) {
      throw Refused.invalid(field, "must be an object");
    }
    return atMost(field, value.toString(), max);
  }

  /// A JSON array, as text for a `jsonb` parameter.
  public static String array(String field, @Nullable JsonNode value) {
    if (value == null || value.isNull()) {
      return "[]";
    }
    if (!value.isArray()) {
      throw Refused.invalid(field, "must be an array");
    }
    return atMost(field, value.toString(), Limits.JSON);
  }

  /// An id on a route of our own: malformed is 400.
  public static UUID id(String field, @Nullable String value) {
    return lenientId(value).orElseThrow(() -> Refused.invalid(field, "is not a UUID"));
  }

  /// An id as the seed reads it: 36 characters, or 32 hex digits, in any case. What is malformed
  /// names nothing, so callers answer as for an unknown id.
  public static Optional<UUID> lenientId(@Nullable String value) {
    if (value == null || (value.length() != 36 && value.length() != 32)) {
      return Optional.empty();
    }
    var hex =
        value.length() == 32
            ? value
            : value.substring(0, 8)
                + value.substring(9, 13)
                + value.substring(14, 18)
                + value.substring(19, 23)
                + value.substring(24);
    if (!HEX.matcher(hex).matches()) {
      return Optional.empty();
    }
    return Optional.of(
        new UUID(
            Long.parseUnsignedLong(hex.substring(0, 16), 16),
            Long.parseUnsignedLong(hex.substring(16), 16)));
  }

  /// An instant by RFC 3339, of a year that Postgres and clients can write, too.
  public static Instant time(String field, String text) {
    try {
      var instant = OffsetDateTime.parse(text.strip()).toInstant();
      if (instant.isBefore(FIRST) || instant.isAfter(LAST)) {
        throw Refused.invalid(field, "is not of the years 1 to 9999");
      }
      return instant;
    } catch (DateTimeParseException e) {
      throw Refused.invalid(field, "is not an RFC 3339 date and time");
    }
  }

  private static String atMost(String field, String value, int max) {
    if (value.length() > max) {
      throw Refused.invalid(field, "is longer than " + max + " characters");
    }
    return max <= Limits.NAME ? inALine(value) : value;
  }

  /// A number in a query; `otherwise` where there is none.
  public static int number(String field, @Nullable String value, int otherwise, int max) {
    if (value == null || value.isEmpty()) {
      return otherwise;
    }
    try {
      return between(field, Integer.parseInt(value), 0, max);
    } catch (NumberFormatException e) {
      throw Refused.invalid(field, "is not a number");
    }
  }

  /// The place where a page begins; null where a query names none.
  public static @Nullable Long place(String field, @Nullable String text) {
    try {
      return text == null || text.isEmpty() ? null : Long.valueOf(text);
    } catch (NumberFormatException e) {
      throw Refused.invalid(field, "is not a whole number");
    }
  }

  /// The priority that a request names; none where it names none.
  public static Priority priority(@Nullable String word) {
    return word == null || word.isEmpty()
        ? Priority.NONE
        : Priority.of(oneOf("priority", word, Priority.WORDS));
  }
}
