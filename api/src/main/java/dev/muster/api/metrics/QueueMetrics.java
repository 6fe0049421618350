package dev.muster.api.metrics;

import dev.muster.tasks.command.WaitingReason;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/// What waits and runs, as gauges. They are counted when somebody looks, by one at a time, and no
/// more often than every few seconds.
@Component
class QueueMetrics {
  private static final Logger log = LoggerFactory.getLogger(QueueMetrics.class);
  private static final Duration FRESH = Duration.ofSeconds(5);

  /// A count that takes long is made more seldom: it has a twentieth of the time.
  private static final int PAUSES = 19;

  private static final List<String> TASK_STATES = List.of("queued", "dispatched", "running");
  private static final List<String> RUNTIME_STATES = List.of("online", "deaf", "offline");
  private static final List<String> REASONS =
      Arrays.stream(WaitingReason.values()).map(WaitingReason::wire).toList();

  private final QueueStore store;
  private final Map<String, Double> values = new ConcurrentHashMap<>();
  private final ReentrantLock counting = new ReentrantLock();
  // Guarded by the lock.
  private long nextNanos = System.nanoTime();

  QueueMetrics(QueueStore store, MeterRegistry registry) {
    this.store = store;
    gauges(registry, "muster.tasks", "state", TASK_STATES, "Open tasks, by state");
    gauges(
        registry,
        "muster.tasks.waiting",
        "reason",
        REASONS,
        "Queued tasks, by why they wait; of a long queue the first " + QueueStore.REASONS_OF_MAX);
    gauges(registry, "muster.runtimes", "state", RUNTIME_STATES, "Runtimes, by state");
    gauge(registry, "muster.dead.letters", "Failed tasks that nobody has redriven");
    gauge(
        registry, "muster.tasks.oldest.wait.seconds", "How long the oldest queued task has waited");
  }

  private void gauges(
      MeterRegistry registry, String name, String tag, List<String> of, String description) {
    of.forEach(value ->
        Gauge.builder(name, () -> value(name + ' ' + value))
            .tag(tag, value)
            .description(description)
            .register(registry));
  }

  private void gauge(MeterRegistry registry, String name, String description) {
    Gauge.builder(name, () -> value(name)).description(description).register(registry);
  }

  private double value(String name) {
    refresh();
    return values.getOrDefault(name, Double.NaN);
  }

  /// Counts again if the last count is no longer fresh. While Postgres is away there is nothing to
  /// tell, and the gauges say so: they are not numbers.
  private void refresh() {
    // Whoever comes while another counts is told what was counted before.
    if (counting.tryLock()) {
      try {
        if (System.nanoTime() - nextNanos >= 0) {
          var begun = System.nanoTime();
          count();
          var took = System.nanoTime() - begun;
          nextNanos = System.nanoTime() + Math.max(FRESH.toNanos(), took * PAUSES);
        }
      } finally {
        counting.unlock();
      }
    }
  }

  private void count() {
    try {
      put("muster.tasks", TASK_STATES, store.tasks());
      put("muster.tasks.waiting", REASONS, store.waiting());
      put("muster.runtimes", RUNTIME_STATES, store.runtimes());
      values.put("muster.dead.letters", (double) store.deadLetters());
      values.put("muster.tasks.oldest.wait.seconds", store.oldestWaitSeconds());
    } catch (DataAccessException e) {
      values.clear();
      log.atWarn().setCause(e).log("The queue cannot be counted for the metrics");
    }
  }

  private void put(String name, List<String> all, List<QueueStore.Count> counts) {
    all.forEach(value ->
        values.put(
            name + ' ' + value,
            counts.stream()
                .filter(count -> count.name().equals(value))
                .mapToDouble(QueueStore.Count::count)
                .sum()));
  }
}
