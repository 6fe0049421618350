package dev.muster.tasks.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.tasks.schedule.Recurrence.ByCron;
import dev.muster.tasks.schedule.Recurrence.Interval;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What is made of the times that have come.
class DueTest {
  private static final Instant NOON = Instant.parse("2026-11-27T12:00:00Z");
  private static final Recurrence HOURLY = new Interval(Duration.ofHours(1), NOON);

  @ParameterizedTest
  @CsvSource({
    // How many seconds after noon it is looked at, what is caught up, how many are run, how many
    // are
    // late, how many hours after noon the next is.
    "0,     1, 1, 0, 1",
    "0,     0, 1, 0, 1",
    "60,    0, 1, 0, 1",
    "61,    0, 0, 1, 1",
    "61,    1, 1, 0, 1",
    "3599,  1, 1, 0, 1",
    "3600,  1, 1, 1, 2",
    "3600,  0, 1, 1, 2",
    "9000,  1, 1, 2, 3",
    "9000,  2, 2, 1, 3",
    "9000,  9, 3, 0, 3",
    "9000,  0, 0, 3, 3",
    "10800, 2, 2, 2, 4"
  })
  void theLastOfTheMissedAreCaughtUpWith(
      int seconds, int catchUp, int runs, int late, int nextHour) {
    var due = Due.at(NOON.plusSeconds(seconds), HOURLY, NOON, NOON, catchUp);

    assertThat(due.runs()).hasSize(runs);
    assertThat(due.late()).hasSize(late);
    assertThat(due.next()).isEqualTo(NOON.plus(Duration.ofHours(nextHour)));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 100})
  void aYearOfMinutesIsDealtWithInParts(int catchUp) {
    var everyMinute = new Interval(Duration.ofMinutes(1), NOON);
    var now = NOON.plus(Duration.ofMinutes(10_000)).plusSeconds(1);
    var seen = new ArrayList<Instant>();
    var runs = new ArrayList<Instant>();
    var next = NOON;
    while (next != null && !next.isAfter(now)) {
      var due = Due.at(now, everyMinute, next, next, catchUp);
      assertThat(due.late().size() + due.runs().size()).isLessThanOrEqualTo(Due.TIMES_MAX);
      seen.addAll(due.late());
      seen.addAll(due.runs());
      runs.addAll(due.runs());
      next = due.next();
    }

    assertThat(seen).hasSize(10_001).doesNotHaveDuplicates().isSorted();
    assertThat(runs).hasSize(Math.max(1, catchUp));
    assertThat(runs.getLast()).isEqualTo(NOON.plus(Duration.ofMinutes(10_000)));
  }

  /// A week with both changes of clocks, in which dispatchers come and go at random.
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void eachTimeIsRunOnceOrMissedOnce(long seed) {
    var random = new SplittableRandom(seed);
    for (var expression : List.of("*/7 * * * *", "0 * * * *", "*/20 1-3 * * *", "30 2 * * 0,1")) {
      for (var zone : List.of("Europe/Berlin", "Australia/Sydney", "America/New_York")) {
        var recurrence = new ByCron((Cron) Cron.parse(expression), ZoneId.of(zone));
        var begin = Instant.parse("2030-03-30T00:00:00Z");
        var end = Instant.parse("2030-04-08T00:00:00Z");
        var told = told(recurrence, begin, end, random);

        assertThat(told)
            .as("%s in %s, seed %d", expression, zone, seed)
            .isEqualTo(recurrence.upcoming(begin, told.size()));
        assertThat(recurrence.next(told.getLast()).orElseThrow()).isAfter(end);
      }
    }
  }

  /// All times that were run or missed up to the end, in the order in which they were.
  private static List<Instant> told(
      Recurrence recurrence, Instant begin, Instant end, SplittableRandom random) {
    var told = new ArrayList<Instant>();
    var next = recurrence.next(begin).orElseThrow();
    var actedOn = Schedule.actedOn(next, recurrence, 300);
    var now = begin;
    while (now.isBefore(end)) {
      var isAway = random.nextInt(20) == 0;
      now = now.plusSeconds(isAway ? random.nextInt(200_000) : random.nextInt(600));
      now = now.isAfter(end) ? end : now;
      if (next.isAfter(now) || (actedOn.isAfter(now) && now.isBefore(end))) {
        continue;
      }
      var due = Due.at(now, recurrence, next, next, random.nextInt(4));
      told.addAll(due.late());
      told.addAll(due.runs());
      next = Objects.requireNonNull(due.next());
      actedOn = Schedule.actedOn(next, recurrence, 300);
    }
    return told;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 60, 61, 3_600})
  void whatIsLateByItsJitterComesBeforeTheNextTime(long every) {
    var recurrence = new Interval(Duration.ofSeconds(every), NOON);

    for (var i = 0; i < 1_000; i++) {
      var at = Schedule.actedOn(NOON, recurrence, 600);
      assertThat(at).isBetween(NOON, NOON.plusSeconds(600)).isBefore(NOON.plusSeconds(every));
    }
  }
}
