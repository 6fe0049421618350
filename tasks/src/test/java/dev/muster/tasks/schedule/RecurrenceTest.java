package dev.muster.tasks.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.tasks.schedule.Recurrence.ByCron;
import dev.muster.tasks.schedule.Recurrence.Interval;
import dev.muster.tasks.schedule.Recurrence.Once;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// When schedules are due, above all where clocks are changed.
class RecurrenceTest {
  private static Cron cron(String text) {
    return (Cron) Cron.parse(text);
  }

  private static List<Instant> instants(String texts) {
    return Arrays.stream(texts.split(" "))
        .filter(text -> !text.isEmpty())
        .map(text -> OffsetDateTime.parse(text).toInstant())
        .toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // In Berlin clocks go from 02:00 to 03:00 on 29 March 2026, and from 03:00 to 02:00 on 25
        // October.
        "30 2 * * *     | Europe/Berlin | 2026-03-28T12:00Z | 2026-03-29T03:00+02:00"
            + " 2026-03-30T02:30+02:00",
        "0 3 * * *      | Europe/Berlin | 2026-03-28T12:00Z | 2026-03-29T03:00+02:00"
            + " 2026-03-30T03:00+02:00",
        "*/20 2 * * *   | Europe/Berlin | 2026-03-28T23:00Z | 2026-03-29T03:00+02:00"
            + " 2026-03-30T02:00+02:00",
        "0,30 2-3 * * * | Europe/Berlin | 2026-03-28T23:00Z | 2026-03-29T03:00+02:00"
            + " 2026-03-29T03:30+02:00",
        "0 * * * *      | Europe/Berlin | 2026-03-28T23:30Z | 2026-03-29T01:00+01:00"
            + " 2026-03-29T03:00+02:00 2026-03-29T04:00+02:00",
        "30 * * * *     | Europe/Berlin | 2026-03-28T23:45Z | 2026-03-29T01:30+01:00"
            + " 2026-03-29T03:30+02:00",
        "30 2 * * *     | Europe/Berlin | 2026-10-24T12:00Z | 2026-10-25T02:30+02:00"
            + " 2026-10-26T02:30+01:00",
        "30 2 * * *     | Europe/Berlin | 2026-10-25T00:45Z | 2026-10-26T02:30+01:00",
        "30 2 * * *     | Europe/Berlin | 2026-10-25T01:10Z | 2026-10-26T02:30+01:00",
        "*/20 2-3 * * * | Europe/Berlin | 2026-10-24T23:50Z | 2026-10-25T02:00+02:00"
            + " 2026-10-25T02:20+02:00 2026-10-25T02:40+02:00 2026-10-25T03:00+01:00",
        "0 * * * *      | Europe/Berlin | 2026-10-24T23:30Z | 2026-10-25T02:00+02:00"
            + " 2026-10-25T02:00+01:00 2026-10-25T03:00+01:00",
        "*/30 0-23 * * *| Europe/Berlin | 2026-10-25T00:10Z | 2026-10-25T02:30+02:00"
            + " 2026-10-25T02:00+01:00 2026-10-25T02:30+01:00 2026-10-25T03:00+01:00",
        // In New York from 02:00 to 03:00 on 8 March, and from 02:00 to 01:00 on 1 November.
        "15 2 * * *     | America/New_York | 2026-03-07T12:00Z | 2026-03-08T03:00-04:00"
            + " 2026-03-09T02:15-04:00",
        "@hourly        | America/New_York | 2026-03-08T06:30Z | 2026-03-08T03:00-04:00"
            + " 2026-03-08T04:00-04:00",
        "15 1 * * *     | America/New_York | 2026-10-31T12:00Z | 2026-11-01T01:15-04:00"
            + " 2026-11-02T01:15-05:00",
        "@daily         | America/New_York | 2026-10-31T12:00Z | 2026-11-01T00:00-04:00"
            + " 2026-11-02T00:00-05:00",
        "45 * * * *     | America/New_York | 2026-11-01T05:30Z | 2026-11-01T01:45-04:00"
            + " 2026-11-01T01:45-05:00 2026-11-01T02:45-05:00",
        // Half an hour, and a whole day.
        "15 2 * * *     | Australia/Lord_Howe | 2026-10-03T00:00Z | 2026-10-04T02:30+11:00"
            + " 2026-10-05T02:15+11:00",
        "0 12 30 12 *   | Pacific/Apia        | 2011-12-01T00:00Z | 2011-12-31T00:00+14:00"
            + " 2012-12-30T12:00+14:00",
        // Leap days, and the ends of months.
        "0 0 29 2 *     | UTC | 2026-01-01T00:00Z | 2028-02-29T00:00Z 2032-02-29T00:00Z",
        "0 0 29 2 *     | UTC | 2096-03-01T00:00Z | 2104-02-29T00:00Z",
        "0 * 29 2 *     | Europe/Berlin | 2096-03-01T00:00Z | 2104-02-29T00:00+01:00"
            + " 2104-02-29T01:00+01:00",
        "0 0 31 * *     | UTC | 2026-01-31T12:00Z | 2026-03-31T00:00Z 2026-05-31T00:00Z"
            + " 2026-07-31T00:00Z",
        "0 0 L * *      | UTC | 2026-01-31T12:00Z | 2026-02-28T00:00Z 2026-03-31T00:00Z"
            + " 2026-04-30T00:00Z",
        "0 0 1 1 *      | UTC | 2026-01-01T00:00Z | 2027-01-01T00:00Z",
        // Days of the week; with days of the month either will do.
        "0 9 * * 1-5    | UTC | 2026-11-27T10:00Z | 2026-11-30T09:00Z 2026-12-01T09:00Z",
        "0 0 * * 7      | UTC | 2026-11-27T00:00Z | 2026-11-29T00:00Z 2026-12-06T00:00Z",
        "0 0 ? * 0,WED  | UTC | 2026-11-27T00:00Z | 2026-11-29T00:00Z 2026-12-02T00:00Z",
        "0 0 13 * 5     | UTC | 2026-11-28T00:00Z | 2026-12-04T00:00Z 2026-12-11T00:00Z"
            + " 2026-12-13T00:00Z",
        // Steps through a week begin on Sunday, as in crontab.
        "0 9 * * */2    | UTC | 2026-11-27T10:00Z | 2026-11-28T09:00Z 2026-11-29T09:00Z"
            + " 2026-12-01T09:00Z 2026-12-03T09:00Z",
        "0 9 * * */3,5  | UTC | 2026-11-28T10:00Z | 2026-11-29T09:00Z 2026-12-02T09:00Z"
            + " 2026-12-04T09:00Z 2026-12-05T09:00Z",
        "0 9 * * */7    | UTC | 2026-11-27T10:00Z | 2026-11-29T09:00Z 2026-12-06T09:00Z",
        "0 9 L-27 * *   | UTC | 2027-01-31T10:00Z | 2027-02-01T09:00Z 2027-03-04T09:00Z",
        "0 0 */2 * 5    | UTC | 2026-11-28T00:00Z | 2026-12-11T00:00Z 2026-12-25T00:00Z"
      })
  void aTimetableIsDueByTheClocksOfItsZone(
      String expression, String zone, String after, String expected) {
    var recurrence = new ByCron(cron(expression), ZoneId.of(zone));
    var times = instants(expected);

    assertThat(recurrence.upcoming(OffsetDateTime.parse(after).toInstant(), times.size()))
        .isEqualTo(times);
  }

  @ParameterizedTest
  @CsvSource({"0 0 30 2 *", "0 0 31 4-6/2 *", "0 * 31 11 *"})
  void aDayThatNeverComesIsNeverDue(String expression) {
    var recurrence = new ByCron(cron(expression), ZoneId.of("Europe/Berlin"));

    assertThat(recurrence.next(Instant.parse("2026-01-01T00:00:00Z"))).isEmpty();
  }

  @Test
  void anIntervalDoesNotMindWhatClocksShow() {
    var recurrence =
        new Interval(Duration.ofHours(1), OffsetDateTime.parse("2026-03-28T00:10Z").toInstant());

    assertThat(recurrence.upcoming(Instant.parse("2026-03-29T00:10:00Z"), 2))
        .isEqualTo(instants("2026-03-29T01:10Z 2026-03-29T02:10Z"));
    assertThat(recurrence.upcoming(Instant.parse("2020-01-01T00:00:00Z"), 2))
        .isEqualTo(instants("2026-03-28T00:10Z 2026-03-28T01:10Z"));
  }

  @Test
  void whatIsDueOnceIsDueOnce() {
    var at = Instant.parse("2026-03-28T00:10:00Z");

    assertThat(new Once(at).upcoming(at.minusNanos(1_000), 5)).containsExactly(at);
    assertThat(new Once(at).next(at)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "``                | 1  | and there are 0",
        "`* * * *`         | 8  | five fields are wanted (minute, hour, day of month, month, day of"
            + " week), and there are 4",
        "`0 0 9 * * 1-5`   | 11 | and there are 6",
        "`@dayly`          | 7  | and there are 1",
        "`60 * * * *`      | 1  | minute: '60' is none of 0-59",
        "`0 24 * * *`      | 3  | hour: '24'",
        "`0 9,25 * * *`    | 5  | hour: '25'",
        "`0 9, * * *`      | 5  | hour: ''",
        "`0 17-9 * * *`    | 3  | hour: '17-9'",
        "`  0   0 32 * *`  | 9  | day of month: '32'",
        "`0 9 L-28 * *`    | 5  | day of month: 'L-28' is more than 27 days before the last",
        "`0 9 L-31 * *`    | 5  | day of month: 'L-31' is more than 27 days before the last",
        "`0 9 1,L-99999999999 * *` | 7 | day of month: 'L-99999999999' is more than 27 days",
        "`+5 9 * * *`      | 1  | minute: '+5'",
        "`\u0660 9 * * *` | 1  | minute: '\u0660'",
        "`0 0 0 * *`       | 5  | day of month: '0'",
        "`0 0 * 13 *`      | 7  | month: '13'",
        "`0 0 * FOO *`     | 7  | month: 'FOO'",
        "`0 0 * * 8`       | 9  | day of week: '8' is none of 0-7 (0 and 7 are Sunday)",
        "`0 0 * * MON-XYZ` | 9  | day of week: 'MON-XYZ'",
        "`*/90 * * * *`    | 1  | minute: the step of */90 is longer than the minute has values",
        "`*/0 * * * *`     | 1  | minute: '*/0'",
        "`*/5/5 * * * *`   | 1  | minute: '*/5/5'",
        "`every 5 minutes at noon` | 1 | minute: 'every'"
      })
  void aTextThatIsNoTimetableSaysWhere(String text, int position, String reason) {
    assertThat(Cron.parse(text))
        .isInstanceOfSatisfying(
            ParsedCron.Wrong.class,
            wrong -> {
              assertThat(wrong.position()).as(wrong.reason()).isEqualTo(position);
              assertThat(wrong.reason()).contains(reason);
            });
  }
}
