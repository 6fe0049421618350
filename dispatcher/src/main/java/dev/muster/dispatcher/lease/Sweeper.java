package dev.muster.dispatcher.lease;

import dev.muster.events.attempt.Attempts;
import dev.muster.events.feed.Loop;
import dev.muster.events.task.FailureReason;
import java.time.Duration;
import java.time.Instant;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/// Ends what nobody works on any more: runtimes that fell silent, what offline runtimes hold,
/// claims that were not started.
///
/// Any number of sweepers may run: each transaction repeats its guards on locked rows. A sweeper
/// that has just started waits for one silence before it takes anybody offline, since it cannot
/// know how long the servers were away.
@Component
class Sweeper extends Loop {
  static final Duration SILENCE = Duration.ofSeconds(45);
  private static final Duration INTERVAL = Duration.ofSeconds(5);

  private final LeaseStore leases;
  private final Attempts attempts;
  private final TransactionTemplate transaction;
  private final Instant firstSweep = Instant.now().plus(SILENCE);

  Sweeper(LeaseStore leases, Attempts attempts, TransactionTemplate transaction) {
    super("muster-sweeper");
    this.leases = leases;
    this.attempts = attempts;
    this.transaction = transaction;
  }

  @Override
  protected void step() throws InterruptedException {
    Thread.sleep(INTERVAL);
    sweep(SILENCE);
  }

  void sweep(Duration silence) {
    if (!Instant.now().isBefore(firstSweep)) {
      transaction.executeWithoutResult(_ -> leases.takeStaleOffline(silence));
    }
    transaction.executeWithoutResult(_ -> {
      var gone = leases.offlineWithTasks();
      if (!gone.isEmpty()) {
        attempts.endAll(gone, FailureReason.RUNTIME_LOST);
      }
    });
    transaction.executeWithoutResult(_ -> attempts.endOverdueStarts());
  }
}
