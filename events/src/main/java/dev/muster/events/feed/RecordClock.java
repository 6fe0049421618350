package dev.muster.events.feed;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.jspecify.annotations.Nullable;

/// The latest time that records may have. A broker refuses what is further ahead of its own clock
/// than it is told to bear, an hour as a rule, and says no more than that: so each refusal sets
/// this clock back further, until the broker takes what it is given.
final class RecordClock {
  private static final Duration FIRST_STEP = Duration.ofHours(1);
  private static final Duration MOST = Duration.ofDays(36_500);

  private final InstantSource clock;
  // Owned by the writer's thread.
  private Duration back = Duration.ZERO;

  RecordClock(InstantSource clock) {
    this.clock = clock;
  }

  Instant now() {
    return clock.instant().minus(back);
  }

  /// Notices whether a failure was about a record's time.
  void noteFailure(Throwable failure) {
    for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof InvalidTimestampException && back.compareTo(MOST) < 0) {
        back = back.isZero() ? FIRST_STEP : back.multipliedBy(2);
        return;
      }
    }
  }
}
