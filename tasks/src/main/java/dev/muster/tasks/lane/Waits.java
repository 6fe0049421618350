package dev.muster.tasks.lane;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.springframework.dao.QueryTimeoutException;

/// Waits for answers, each for a limited time, with one thread that looks at the clock for all.
///
/// Nearly all answers come within milliseconds. A timed wait of a virtual thread would start a
/// timer of the JVM and stop it again, and wake the timer's thread for both: a twentieth of the
/// processor time of a busy server. So the threads wait without a time, and each tenth of a second
/// those are woken whose time is over.
final class Waits implements Runnable {
  private static final Duration TICK = Duration.ofMillis(100);

  private final Set<Wait> waits = ConcurrentHashMap.newKeySet();
  private volatile boolean isTicking;

  // Two threads may wait for as long: a wait equals itself alone.
  private static final class Wait {
    private final Thread thread = Thread.currentThread();
    private final long untilNanos;

    Wait(Duration atMost) {
      untilNanos = System.nanoTime() + atMost.toNanos();
    }

    boolean isOver() {
      return System.nanoTime() - untilNanos >= 0;
    }
  }

  /// The answer that must come.
  ///
  /// @throws QueryTimeoutException if there is none by then
  Object await(CompletableFuture<Object> answer, Duration atMost) {
    try {
      return get(answer, atMost);
    } catch (TimeoutException e) {
      throw new QueryTimeoutException("the database does not answer", e);
    }
  }

  /// The answer, or the failure that is given instead of one.
  ///
  /// @throws TimeoutException if there is none by then, or up to a tenth of a second later
  Object get(CompletableFuture<Object> answer, Duration atMost) throws TimeoutException {
    try {
      if (!answer.isDone()) {
        await(answer, new Wait(atMost));
      }
      return answer.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new QueryTimeoutException("interrupted while the database was asked", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException failure
          ? failure
          : new IllegalStateException(e.getCause());
    }
  }

  private void await(CompletableFuture<Object> answer, Wait wait)
      throws TimeoutException, InterruptedException {
    waits.add(wait);
    try {
      var _ = answer.whenComplete((_, _) -> LockSupport.unpark(wait.thread));
      while (!answer.isDone()) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        if (wait.isOver()) {
          throw new TimeoutException();
        }
        if (isTicking) {
          LockSupport.park(answer);
        } else {
          LockSupport.parkNanos(answer, TICK.toNanos());
        }
      }
    } finally {
      waits.remove(wait);
    }
  }

  /// Keeps the time, until its thread is interrupted. From then on each wait keeps its own.
  @Override
  public void run() {
    isTicking = true;
    while (!Thread.interrupted()) {
      LockSupport.parkNanos(this, TICK.toNanos());
      for (var wait : waits) {
        if (wait.isOver()) {
          LockSupport.unpark(wait.thread);
        }
      }
    }
    isTicking = false;
    waits.forEach(wait -> LockSupport.unpark(wait.thread));
  }
}
