package dev.muster.standalone;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// Runtimes that work as fast as they can: each claims, starts and completes, until it is told to
/// stop. Failed calls are made again, since the server may be away for a while; what each runtime
/// ran is counted.
final class Fleet implements AutoCloseable {
  private final Api api;
  private final List<Thread> threads;
  private final Map<UUID, AtomicInteger> completed = new ConcurrentHashMap<>();
  private final Map<UUID, AtomicInteger> started = new ConcurrentHashMap<>();
  private volatile boolean open = true;

  Fleet(Api api, List<UUID> runtimes, int workersPerRuntime) {
    this.api = api;
    this.threads =
        runtimes.stream()
            .flatMap(runtime ->
                java.util.stream.IntStream.range(0, workersPerRuntime).mapToObj(_ -> runtime))
            .map(runtime -> Thread.ofVirtual().start(() -> work(runtime)))
            .toList();
  }

  /// How many distinct tasks were completed.
  int completed() {
    return completed.size();
  }

  /// The tasks that were reported completed more than once by claims of their own.
  List<UUID> ranTwice() {
    return started.entrySet().stream()
        .filter(e -> e.getValue().get() > 1)
        .map(Map.Entry::getKey)
        .toList();
  }

  private void work(UUID runtime) {
    while (open) {
      try {
        var task = api.claim(runtime, 2);
        if (!task.isNull()) {
          run(Api.id(task));
        }
      } catch (RuntimeException | AssertionError e) {
        pause();
      }
    }
  }

  private void run(UUID task) {
    if (!insist(() -> api.start(task))) {
      return;
    }
    started.computeIfAbsent(task, _ -> new AtomicInteger()).incrementAndGet();
    if (insist(() -> api.complete(task, "done"))) {
      completed.computeIfAbsent(task, _ -> new AtomicInteger()).incrementAndGet();
    }
  }

  /// Makes a call until the server has answered it. Returns whether it was a success.
  private boolean insist(java.util.function.Supplier<Api.Answer> call) {
    while (open) {
      try {
        var status = call.get().status();
        if (status < 500) {
          return status < 300;
        }
      } catch (RuntimeException e) {
        pause();
      }
    }
    return false;
  }

  private static void pause() {
    java.util.concurrent.locks.LockSupport.parkNanos(50_000_000);
  }

  @Override
  public void close() {
    open = false;
    for (var thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
