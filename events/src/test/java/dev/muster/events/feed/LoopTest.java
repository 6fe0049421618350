package dev.muster.events.feed;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// A loop goes on whatever happens to its thread.
class LoopTest {
  private static final int FAILURES = 2;

  /// Fails in its first steps, each in another way.
  private static class Failing extends Loop {
    final CountDownLatch goesOn = new CountDownLatch(1);
    final AtomicInteger steps = new AtomicInteger();
    private final CountDownLatch untilItIsStopped = new CountDownLatch(1);
    final boolean interrupts;

    Failing(boolean interrupts) {
      super("failing");
      this.interrupts = interrupts;
    }

    @Override
    protected void step() throws InterruptedException {
      if (steps.incrementAndGet() <= FAILURES) {
        if (interrupts) {
          throw new InterruptedException();
        }
        throw new OutOfMemoryError("a step");
      }
      goesOn.countDown();
      untilItIsStopped.await();
    }

    @Override
    protected void reset() {
      if (steps.get() <= FAILURES) {
        throw new IllegalStateException("what deals with the failure fails too");
      }
    }
  }

  private static void goesOn(Failing loop) throws InterruptedException {
    loop.start();

    assertThat(loop.goesOn.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(loop.isAlive()).isTrue();
    loop.stop();
    assertThat(loop.isAlive()).isTrue();
  }

  @Test
  void afterAnErrorThatNobodyCouldDealWith() throws InterruptedException {
    goesOn(new Failing(false));
  }

  @Test
  void afterAnInterruptThatNobodyMeant() throws InterruptedException {
    goesOn(new Failing(true));
  }
}
