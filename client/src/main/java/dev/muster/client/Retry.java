package dev.muster.client;

import java.time.Duration;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How often and how long: calls that got no answer are made again, after a pause that is drawn
/// from a range that doubles with each failure, from nothing up. So callers that failed together do
/// not come back together.
///
/// @param first the range's end after the first failure
/// @param most the range's end after many
public record Retry(Duration first, Duration most, RandomGenerator random) {
  private static final Logger log = LoggerFactory.getLogger(Retry.class);

  /// No server keeps us waiting for longer, whatever it asks.
  private static final Duration RETRY_AFTER_MOST = Duration.ofMinutes(5);

  private static final int DOUBLINGS_MAX = 20;

  /// A range from half a second to twenty.
  public static Retry standard() {
    return new Retry(
        Duration.ofMillis(500), Duration.ofSeconds(20), RandomGenerator.of("SecureRandom"));
  }

  /// A call that may be repeated without harm.
  @FunctionalInterface
  public interface Call<T> {
    Answer<T> make() throws InterruptedException;
  }

  /// Whether a status decides nothing.
  public static boolean isWorthwhile(int status) {
    return status >= 500 || status == 408 || status == 429;
  }

  /// Makes the call until it is answered.
  public <T> Answer.Final<T> untilAnswered(Call<T> call) throws InterruptedException {
    for (var failures = 1; ; failures++) {
      switch (call.make()) {
        case Answer.Final<T> answer -> {
          return answer;
        }
        case Answer.NoAnswer<T>(var reason, var retryAfter) -> {
          // A server that is away for long is told of ever less often.
          if (Integer.bitCount(failures) == 1) {
            log.atWarn().addKeyValue("failures", failures).log("{}; it is tried again", reason);
          }
          Thread.sleep(pause(failures, retryAfter));
        }
      }
    }
  }

  /// How long to wait after so many failures in a row.
  ///
  /// @param retryAfter the least, as the server asked
  public Duration pause(int failures, Duration retryAfter) {
    var doublings = Math.clamp(failures - 1, 0, DOUBLINGS_MAX);
    var range = Math.min(first.toMillis() << doublings, most.toMillis());
    var least = Math.min(retryAfter.toMillis(), RETRY_AFTER_MOST.toMillis());
    return Duration.ofMillis(Math.max(least, 0) + random.nextLong(range + 1));
  }
}
