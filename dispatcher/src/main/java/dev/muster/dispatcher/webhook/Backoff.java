package dev.muster.dispatcher.webhook;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/// How long it is until an event is sent again: twice as long each time, and by chance a fifth less
/// or more, so that what failed together does not come back together.
final class Backoff {
  static final Duration FIRST = Duration.ofSeconds(5);
  static final Duration MOST = Duration.ofHours(4);

  private static final double JITTER = 0.2;
  private static final int DOUBLINGS_MAX = 20;

  private Backoff() {}

  /// The pause after so many attempts.
  static Duration after(int attempts) {
    var doublings = Math.clamp(attempts - 1L, 0, DOUBLINGS_MAX);
    var pause = Math.min(FIRST.toMillis() << doublings, MOST.toMillis());
    var factor = ThreadLocalRandom.current().nextDouble(1 - JITTER, 1 + JITTER);
    return Duration.ofMillis((long) (pause * factor));
  }
}
