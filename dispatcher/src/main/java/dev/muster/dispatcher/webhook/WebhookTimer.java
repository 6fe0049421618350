package dev.muster.dispatcher.webhook;

import dev.muster.events.feed.Loop;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/// Looks which webhooks have something to do, and lets each of them be delivered to on a thread of
/// its own: one that is slow holds up no other, nor this loop.
///
/// Looks each second by the database's clock, and sooner where the feed's consumer has heard of
/// events, while there are webhooks at all.
@Component
public class WebhookTimer extends Loop {
  /// How many webhooks are delivered to at a time.
  static final int RUNS_MAX = 64;

  private static final Logger log = LoggerFactory.getLogger(WebhookTimer.class);
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  /// So that a busy feed is looked at ten times a second, not for each event.
  private static final Duration PAUSE = Duration.ofMillis(100);

  private static final Duration STOP_AT_MOST = Duration.ofSeconds(3);

  private final Deliveries deliveries;
  private final Sender sender;
  private final Semaphore places = new Semaphore(RUNS_MAX);
  private final Semaphore bell = new Semaphore(0);
  private volatile boolean isUsed = true;
  // Owned by the loop's thread.
  private long checkedNanos = System.nanoTime();

  WebhookTimer(Deliveries deliveries, Sender sender) {
    super("muster-webhooks");
    this.deliveries = deliveries;
    this.sender = sender;
  }

  /// Says that there are events. Costs next to nothing, however often it is called.
  public void wake() {
    if (isUsed && bell.availablePermits() == 0) {
      bell.release();
    }
  }

  @Override
  protected void step() throws InterruptedException {
    var _ = bell.tryAcquire(INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    bell.drainPermits();
    if (System.nanoTime() - checkedNanos >= INTERVAL.toNanos()) {
      isUsed = deliveries.isUsed();
      checkedNanos = System.nanoTime();
    }
    var free = places.availablePermits();
    if (isUsed && free > 0) {
      deliveries.lease(free).forEach(this::deliver);
    }
    Thread.sleep(PAUSE);
  }

  private void deliver(Hook hook) {
    places.acquireUninterruptibly();
    Thread.ofVirtual()
        .name("muster-webhook-" + hook.id())
        .start(() -> {
          try {
            if (new HookRun(deliveries, sender, () -> !isRunning()).run(hook)) {
              wake();
            }
          } catch (RuntimeException e) {
            // Its lease runs out, and somebody delivers the same again.
            log.atWarn()
                .addKeyValue("webhook", hook.id())
                .setCause(e)
                .log("A webhook could not be delivered to, and is tried again");
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          } finally {
            places.release();
          }
        });
  }

  /// Once the loop has ended, waits for what is being delivered, so that its outcome is written
  /// down and nothing has to be sent again.
  @Override
  protected void reset() {
    if (!isRunning()) {
      try {
        var _ = places.tryAcquire(RUNS_MAX, STOP_AT_MOST.toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
