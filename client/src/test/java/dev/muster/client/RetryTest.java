package dev.muster.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryTest {
  /// Draws the range's end, always.
  private static final RandomGenerator GREATEST =
      new RandomGenerator() {
        @Override
        public long nextLong() {
          throw new IllegalStateException("only bounded draws");
        }

        @Override
        public long nextLong(long bound) {
          return bound - 1;
        }
      };

  private static Retry retry(RandomGenerator random) {
    return new Retry(Duration.ofMillis(500), Duration.ofSeconds(20), random);
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 429, 500, 501, 502, 503, 504, 599})
  void a_status_that_decides_nothing_is_worth_another_call(int status) {
    assertThat(Retry.isWorthwhile(status)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 204, 400, 401, 403, 404, 405, 409, 410, 413, 415, 422})
  void any_other_status_is_the_last_word(int status) {
    assertThat(Retry.isWorthwhile(status)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "1, 0, 500",
    "2, 0, 1000",
    "3, 0, 2000",
    "6, 0, 16000",
    "7, 0, 20000",
    "1000000, 0, 20000",
    "1, 7000, 7500",
    "9, 7000, 27000",
    "1, 86400000, 300500"
  })
  void the_range_doubles_up_to_its_most_and_begins_where_the_server_asks(
      int failures, long retryAfterMillis, long greatestMillis) {
    assertThat(retry(GREATEST).pause(failures, Duration.ofMillis(retryAfterMillis)))
        .isEqualTo(Duration.ofMillis(greatestMillis));
  }

  @Test
  void pauses_are_drawn_from_the_whole_range() {
    var retry = retry(new SplittableRandom(1));

    var pauses =
        java.util.stream.Stream.generate(() -> retry.pause(3, Duration.ZERO).toMillis())
            .limit(1_000)
            .toList();

    assertThat(pauses).allMatch(millis -> millis >= 0 && millis <= 2_000);
    assertThat(pauses).anyMatch(millis -> millis < 200).anyMatch(millis -> millis > 1_800);
  }

  @Test
  void a_call_is_made_until_it_is_answered_and_not_again() throws InterruptedException {
    var answers =
        new ArrayDeque<Answer<String>>(
            List.of(
                new Answer.NoAnswer<>("broken", Duration.ZERO),
                new Answer.NoAnswer<>("broken", Duration.ZERO),
                new Answer.Refused<>(400, "", "no"),
                new Answer.Accepted<>("never reached")));
    var calls = new AtomicInteger();

    var answer =
        new Retry(Duration.ofMillis(1), Duration.ofMillis(1), GREATEST)
            .untilAnswered(() -> {
              calls.incrementAndGet();
              return answers.removeFirst();
            });

    assertThat(answer).isEqualTo(new Answer.Refused<>(400, "", "no"));
    assertThat(calls).hasValue(3);
  }
}
