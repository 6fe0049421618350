package dev.muster.tasks.schedule;

import dev.muster.tasks.schedule.ParsedCron.Wrong;
import java.time.LocalDateTime;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.scheduling.support.CronExpression;

/// A timetable of five fields, as crontab reads it: minute, hour, day of month, month, day of week.
///
/// Spring's parser knows what a field may be. What it does otherwise than crontab is put right
/// here: where both days are given, either of them will do.
public final class Cron implements ParsedCron {
  private static final Pattern WORD = Pattern.compile("\\S+");
  private static final Pattern STEP = Pattern.compile(".*/(\\d+)");
  private static final Pattern BEFORE_LAST = Pattern.compile("[lL]-(\\d+)[wW]?");
  private static final Pattern EACH = Pattern.compile("\\*/(\\d+)");

  /// Spring takes any digit of Unicode, and a sign before a number.
  private static final Pattern LETTERS = Pattern.compile("[0-9A-Za-z*/?#-]+");

  /// How many days before its last each month has: of more, Spring looks for ever in February.
  private static final int BEFORE_LAST_MAX = 27;

  private static final int LENGTH_MAX = 200;
  private static final Set<String> EVERY_HOUR = Set.of("*", "*/1", "0-23");

  private static final Map<String, String> NAMED =
      Map.of(
          "@yearly", "0 0 1 1 *",
          "@annually", "0 0 1 1 *",
          "@monthly", "0 0 1 * *",
          "@weekly", "0 0 * * 0",
          "@daily", "0 0 * * *",
          "@midnight", "0 0 * * *",
          "@hourly", "0 * * * *");

  private enum Field {
    MINUTE("minute", "0-59", 59),
    HOUR("hour", "0-23", 23),
    DAY_OF_MONTH("day of month", "1-31 or L", 31),
    MONTH("month", "1-12 or JAN-DEC", 12),
    DAY_OF_WEEK("day of week", "0-7 (0 and 7 are Sunday) or SUN-SAT", 7);

    private final String words;
    private final String values;
    private final int max;

    Field(String words, String values, int max) {
      this.words = words;
      this.values = values;
      this.max = max;
    }

    /// Whether Spring takes it in this place, all else being free.
    boolean takes(String text) {
      var fields = Stream.of(values()).map(field -> field == this ? text : "*").toList();
      return CronExpression.isValidExpression("0 " + String.join(" ", fields));
    }
  }

  private record Word(String text, int position) {}

  private final List<CronExpression> either;
  private final boolean everyHour;

  private Cron(List<CronExpression> either, boolean everyHour) {
    this.either = List.copyOf(either);
    this.everyHour = everyHour;
  }

  /// Reads five fields, or a name such as `@daily`.
  public static ParsedCron parse(String text) {
    if (text.length() > LENGTH_MAX) {
      return new Wrong(LENGTH_MAX + 1, "the expression is too long");
    }
    var words = words(Objects.requireNonNullElse(NAMED.get(lower(text)), text));
    var fields = Field.values();
    if (words.size() != fields.length) {
      return wrongCount(text, words, fields.length);
    }
    var texts = new EnumMap<Field, String>(Field.class);
    var word = words.iterator();
    for (var field : fields) {
      var next = word.next();
      var wrong = check(field, next);
      if (wrong != null) {
        return wrong;
      }
      texts.put(field, next.text());
    }
    return of(texts);
  }

  private static String lower(String text) {
    return text.strip().toLowerCase(Locale.ROOT);
  }

  private static List<Word> words(String text) {
    return WORD.matcher(text)
        .results()
        .map(word -> new Word(word.group(), word.start() + 1))
        .toList();
  }

  private static Wrong wrongCount(String text, List<Word> words, int wanted) {
    var position = words.size() > wanted ? words.get(wanted).position() : text.length() + 1;
    return new Wrong(
        position,
        "five fields are wanted (minute, hour, day of month, month, day of week), and there are "
            + words.size());
  }

  /// Looks at the elements of a list one by one, so that the one that is wrong can be named.
  private static @Nullable Wrong check(Field field, Word word) {
    var position = word.position();
    for (var element : word.text().split(",", -1)) {
      var step = STEP.matcher(element);
      if (step.matches() && isTooLong(step.group(1), field)) {
        return new Wrong(
            position,
            "%s: the step of %s is longer than the %s has values"
                .formatted(field.words, element, field.words));
      }
      var beforeLast = BEFORE_LAST.matcher(element);
      if (beforeLast.matches() && isTooEarly(beforeLast.group(1))) {
        return new Wrong(
            position,
            "%s: '%s' is more than %d days before the last"
                .formatted(field.words, element, BEFORE_LAST_MAX));
      }
      if (!LETTERS.matcher(element).matches() || !field.takes(element)) {
        return new Wrong(
            position,
            "%s: '%s' is none of %s, *, a range a-b, or these with a step /n"
                .formatted(field.words, element, field.values));
      }
      position += element.length() + 1;
    }
    return field.takes(word.text())
        ? null
        : new Wrong(word.position(), field.words + ": '" + word.text() + "' is no list");
  }

  private static boolean isTooLong(String step, Field field) {
    return step.length() > 2 || Integer.parseInt(step) > field.max;
  }

  private static boolean isTooEarly(String days) {
    return days.length() > 2 || Integer.parseInt(days) > BEFORE_LAST_MAX;
  }

  private static Cron of(Map<Field, String> fields) {
    var either =
        isFree(fields, Field.DAY_OF_MONTH) || isFree(fields, Field.DAY_OF_WEEK)
            ? List.of(expression(fields))
            : List.of(
                expression(with(fields, Field.DAY_OF_WEEK)),
                expression(with(fields, Field.DAY_OF_MONTH)));
    return new Cron(either, EVERY_HOUR.contains(text(fields, Field.HOUR)));
  }

  private static String text(Map<Field, String> fields, Field field) {
    return Objects.requireNonNull(fields.get(field));
  }

  private static boolean isFree(Map<Field, String> fields, Field field) {
    var text = text(fields, field);
    return text.startsWith("*") || text.equals("?");
  }

  private static Map<Field, String> with(Map<Field, String> fields, Field free) {
    var changed = new EnumMap<>(fields);
    changed.put(free, "*");
    return changed;
  }

  private static CronExpression expression(Map<Field, String> fields) {
    var read = new EnumMap<>(fields);
    read.computeIfPresent(Field.DAY_OF_WEEK, (_, days) -> fromSunday(days));
    return CronExpression.parse("0 " + String.join(" ", read.values()));
  }

  /// Spring counts the steps through a week from Monday on, and crontab from Sunday.
  private static String fromSunday(String days) {
    return Stream.of(days.split(",", -1))
        .map(element -> EACH.matcher(element).replaceFirst("0-6/$1"))
        .collect(Collectors.joining(","));
  }

  /// Whether it is due in each hour, so that it means a pace rather than times of the day.
  boolean isEveryHour() {
    return everyHour;
  }

  /// The first time after the given one; empty if there is none.
  Optional<LocalDateTime> next(LocalDateTime after) {
    return either.stream()
        .map(expression -> Optional.ofNullable(expression.next(after)))
        .flatMap(Optional::stream)
        .min(LocalDateTime::compareTo);
  }
}
