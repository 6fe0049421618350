package dev.muster.tasks.schedule;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// When a schedule is due.
public sealed interface Recurrence {
  /// The first time after the given one; empty if there is none.
  Optional<Instant> next(Instant after);

  /// The next times, as many as there are up to the given number.
  default List<Instant> upcoming(Instant after, int max) {
    var times = new ArrayList<Instant>();
    var next = next(after);
    while (next.isPresent() && times.size() < max) {
      times.add(next.get());
      next = next(next.get());
    }
    return times;
  }

  /// By the clocks of a time zone.
  ///
  /// A timetable that is due in each hour is a pace, and the hours are those that pass: of an hour
  /// that clocks skip nothing is due, and in one that they show twice all is due twice. Any other
  /// names times of the day, and each of them is once a day: what clocks skip is due as soon as
  /// they have, and what they show twice, the first time.
  record ByCron(Cron cron, ZoneId zone) implements Recurrence {
    @Override
    public Optional<Instant> next(Instant after) {
      return cron.isEveryHour() ? nextOfPace(after) : nextOfDay(after);
    }

    private Optional<Instant> nextOfDay(Instant after) {
      var local = cron.next(LocalDateTime.ofInstant(after, zone));
      while (local.isPresent()) {
        var instant = instant(local.get());
        // Not so where clocks show the hour for the second time: it was due in the first.
        if (instant.isAfter(after)) {
          return Optional.of(instant);
        }
        local = cron.next(local.get());
      }
      return Optional.empty();
    }

    private Instant instant(LocalDateTime local) {
      var transition = zone.getRules().getTransition(local);
      return transition != null && transition.isGap()
          ? transition.getInstant()
          : local.atZone(zone).withEarlierOffsetAtOverlap().toInstant();
    }

    private Optional<Instant> nextOfPace(Instant after) {
      var rules = zone.getRules();
      var offset = rules.getOffset(after);
      var local = cron.next(LocalDateTime.ofInstant(after, offset));
      var change = rules.nextTransition(after);
      while (local.isPresent() && change != null && isPast(local.get(), change)) {
        offset = change.getOffsetAfter();
        local = cron.next(change.getDateTimeAfter().minusNanos(1));
        change = rules.nextTransition(change.getInstant());
      }
      var until = offset;
      return local.map(time -> time.toInstant(until));
    }

    /// Whether clocks do not get there before they are changed.
    private static boolean isPast(LocalDateTime local, ZoneOffsetTransition change) {
      return !local.isBefore(change.getDateTimeBefore());
    }
  }

  /// Again and again after the same time, whatever clocks show.
  record Interval(Duration every, Instant from) implements Recurrence {
    @Override
    public Optional<Instant> next(Instant after) {
      var passed = Duration.between(from, after);
      return Optional.of(
          passed.isNegative() ? from : from.plus(every.multipliedBy(passed.dividedBy(every) + 1)));
    }
  }

  /// At one time.
  record Once(Instant at) implements Recurrence {
    @Override
    public Optional<Instant> next(Instant after) {
      return at.isAfter(after) ? Optional.of(at) : Optional.empty();
    }
  }
}
