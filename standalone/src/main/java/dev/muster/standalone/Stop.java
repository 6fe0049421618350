package dev.muster.standalone;

import java.time.Duration;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/// The stop that SIGTERM or SIGINT asks for, or a server that is lost: the process ends when
/// everything has been closed, this last.
final class Stop implements AutoCloseable {
  private static final Duration AT_MOST = Duration.ofSeconds(90);

  /// What has lost a server may hang on it.
  private static final Duration AT_MOST_WHEN_LOST = Duration.ofSeconds(30);

  private final CountDownLatch wanted = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Deque<Runnable> beforeForce = new ConcurrentLinkedDeque<>();
  private final AtomicReference<Optional<String>> loss = new AtomicReference<>(Optional.empty());

  /// Listens from now on.
  void listen() {
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("muster-stop")
                .unstarted(() -> {
                  wanted.countDown();
                  awaitClosed(AT_MOST);
                }));
  }

  /// What is still to be done where the process is ended by force.
  void beforeForce(Runnable last) {
    beforeForce.push(last);
  }

  /// Ends the process, in order if that can be done in time, since it cannot go on. Returns at
  /// once.
  void fail(String sentence) {
    if (!loss.compareAndSet(Optional.empty(), Optional.of(sentence)) || isWanted()) {
      return;
    }
    System.err.println(sentence);
    wanted.countDown();
    Thread.ofPlatform()
        .name("muster-loss")
        .daemon()
        .start(() -> {
          if (!awaitClosed(AT_MOST_WHEN_LOST)) {
            System.err.println(
                "Muster did not stop within %d s; it is ended by force."
                    .formatted(AT_MOST_WHEN_LOST.toSeconds()));
            Runtime.getRuntime().halt(1);
          }
        });
  }

  private boolean awaitClosed(Duration atMost) {
    try {
      if (closed.await(atMost.toSeconds(), TimeUnit.SECONDS)) {
        return true;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    beforeForce.forEach(Runnable::run);
    return false;
  }

  /// Waits for it. Returns the process's exit code.
  int await() throws InterruptedException {
    wanted.await();
    return loss.get().isPresent() ? 1 : 0;
  }

  boolean isWanted() {
    return wanted.getCount() == 0;
  }

  /// The same, for whoever may have heard of it first.
  boolean isWantedWithin(Duration patience) {
    try {
      return wanted.await(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  /// Why the process cannot go on.
  Optional<String> loss() {
    return loss.get();
  }

  /// Opens when it is wanted. Who opens it ends the process too.
  CountDownLatch wanted() {
    return wanted;
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
