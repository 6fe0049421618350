package dev.muster.api.schedule;

import dev.muster.api.edge.Input;
import dev.muster.api.edge.Refused;
import dev.muster.tasks.schedule.Cron;
import dev.muster.tasks.schedule.ParsedCron;
import dev.muster.tasks.schedule.Recurrence;
import dev.muster.tasks.schedule.Schedule;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// When a schedule runs, as its row keeps it: by `cron` in `timeZone`, every so many seconds from
/// `startsAt` on, or once.
record When(
    @Nullable String cron,
    @Nullable String timeZone,
    @Nullable Integer everySeconds,
    @Nullable Instant startsAt,
    @Nullable Instant onceAt,
    Recurrence recurrence) {
  /// Zones of IANA's that Java does not have under these names, by those they are links to.
  private static final Map<String, String> RENAMED =
      Map.of("EST", "America/Panama", "MST", "America/Phoenix", "HST", "Pacific/Honolulu");

  private static final int EVERY_MIN_SECONDS = 60;
  private static final int EVERY_MAX_SECONDS = 366 * 24 * 3_600;
  private static final Duration AWAY_MAX = Duration.ofDays(3_653);

  /// What the fields say, and where they say nothing, what was before.
  ///
  /// @param before null for a new schedule
  static When of(ScheduleFields fields, @Nullable Schedule before, Instant now) {
    var given =
        Stream.of(fields.cron(), fields.everySeconds(), fields.at())
            .filter(Objects::nonNull)
            .count();
    if (given > 1) {
      throw Refused.invalid(
          fields.at() == null ? "every_seconds" : "at",
          "cannot be combined with " + (fields.cron() == null ? "every_seconds" : "cron"));
    }
    if (given == 0 && before == null) {
      throw Refused.invalid("cron", "is required, or else every_seconds or at");
    }
    var isNew = given == 1 || before == null;
    var when =
        isNew ? named(fields, before, now) : kept(fields, Objects.requireNonNull(before), now);
    if (isNew && when.recurrence().next(now).isEmpty()) {
      throw fields.at() == null
          ? Refused.invalid("cron", "is never due")
          : Refused.invalid("at", "is in the past");
    }
    return when;
  }

  /// The recurrence that the fields name.
  private static When named(ScheduleFields fields, @Nullable Schedule before, Instant now) {
    requireFit(fields, fields.cron() != null, fields.everySeconds() != null);
    if (fields.cron() != null) {
      return byCron(fields.cron(), zone(fields, before));
    }
    return fields.everySeconds() != null
        ? byInterval(fields.everySeconds(), from(fields, before, now), now)
        : once(Objects.requireNonNull(instant("at", fields.at(), now)));
  }

  /// The recurrence that there is, with another zone or begin where the fields name one.
  private static When kept(ScheduleFields fields, Schedule before, Instant now) {
    requireFit(fields, before.cron() != null, before.everySeconds() != null);
    if (before.cron() != null) {
      return byCron(before.cron(), zone(fields, before));
    }
    return before.everySeconds() != null
        ? byInterval(before.everySeconds(), from(fields, before, now), now)
        : once(Objects.requireNonNull(before.onceAt()));
  }

  private static void requireFit(ScheduleFields fields, boolean isCron, boolean isInterval) {
    if (!isCron && fields.timeZone() != null) {
      throw Refused.invalid("time_zone", "is for cron alone");
    }
    if (!isInterval && fields.startsAt() != null) {
      throw Refused.invalid("starts_at", "is for every_seconds alone");
    }
  }

  private static When once(Instant at) {
    return new When(null, null, null, null, at, new Recurrence.Once(at));
  }

  private static When byCron(String cron, ZoneId zone) {
    return switch (Cron.parse(cron)) {
      case Cron parsed ->
          new When(
              cron.strip(), zone.getId(), null, null, null, new Recurrence.ByCron(parsed, zone));
      case ParsedCron.Wrong(var position, var reason) ->
          throw Refused.invalid("cron", "is wrong at position %d: %s".formatted(position, reason));
    };
  }

  private static ZoneId zone(ScheduleFields fields, @Nullable Schedule before) {
    var name = fields.timeZone();
    if (name == null) {
      var kept = before == null ? null : before.timeZone();
      return ZoneId.of(kept == null ? "UTC" : kept);
    }
    return zone(name);
  }

  private static ZoneId zone(String name) {
    var renamed = RENAMED.getOrDefault(name, name);
    // Java has some of its own beside those of IANA.
    if (ZoneId.getAvailableZoneIds().contains(renamed) && !renamed.startsWith("SystemV/")) {
      return ZoneId.of(renamed);
    }
    var meant =
        ZoneId.getAvailableZoneIds().stream()
            .filter(known -> known.equalsIgnoreCase(name.strip()))
            .findFirst();
    throw Refused.invalid(
        "time_zone",
        meant
            .map(known -> "is no IANA time zone: did you mean " + known + "?")
            .orElse("is no IANA time zone such as Europe/Berlin"));
  }

  /// @param from its first time; null for the first that a whole interval is away
  private static When byInterval(int seconds, @Nullable Instant from, Instant now) {
    var every =
        Duration.ofSeconds(
            Input.between("every_seconds", seconds, EVERY_MIN_SECONDS, EVERY_MAX_SECONDS));
    var first = from == null ? now.plus(every) : from;
    return new When(null, null, seconds, first, null, new Recurrence.Interval(every, first));
  }

  private static @Nullable Instant from(
      ScheduleFields fields, @Nullable Schedule before, Instant now) {
    var given = instant("starts_at", fields.startsAt(), now);
    return given != null || before == null ? given : before.startsAt();
  }

  private static @Nullable Instant instant(String field, @Nullable String text, Instant now) {
    if (text == null) {
      return null;
    }
    var instant = Input.time(field, text);
    if (Duration.between(now, instant).abs().compareTo(AWAY_MAX) > 0) {
      throw Refused.invalid(field, "is more than ten years away");
    }
    return instant;
  }

  /// Whether it is due at other times than the schedule was.
  boolean differsFrom(Schedule before) {
    return !Objects.equals(cron, before.cron())
        || !Objects.equals(timeZone, before.timeZone())
        || !Objects.equals(everySeconds, before.everySeconds())
        || !Objects.equals(startsAt, before.startsAt())
        || !Objects.equals(onceAt, before.onceAt());
  }
}
