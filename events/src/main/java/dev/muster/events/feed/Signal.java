package dev.muster.events.feed;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// A doorbell: many may ring, one waits; rings that nobody has heard yet count as one.
final class Signal {
  private final Semaphore rung = new Semaphore(0);

  void ring() {
    if (rung.availablePermits() == 0) {
      rung.release();
    }
  }

  /// Waits until somebody rang, or for the time given. Returns whether somebody rang.
  boolean await(Duration atMost) throws InterruptedException {
    var heard = rung.tryAcquire(atMost.toMillis(), TimeUnit.MILLISECONDS);
    rung.drainPermits();
    return heard;
  }
}
