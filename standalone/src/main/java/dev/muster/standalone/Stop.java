package dev.muster.standalone;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// The stop that SIGTERM or SIGINT asks for: the process ends when everything has been closed, this
/// last.
final class Stop implements AutoCloseable {
  private static final Duration AT_MOST = Duration.ofSeconds(90);

  private final CountDownLatch wanted = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);

  /// Listens from now on.
  void listen() {
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("muster-stop")
                .unstarted(() -> {
                  wanted.countDown();
                  try {
                    var _ = closed.await(AT_MOST.toSeconds(), TimeUnit.SECONDS);
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                }));
  }

  void await() throws InterruptedException {
    wanted.await();
  }

  boolean isWanted() {
    return wanted.getCount() == 0;
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
