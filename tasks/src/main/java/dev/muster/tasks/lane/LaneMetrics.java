package dev.muster.tasks.lane;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;

/// How many commands are decided, in how many batches, and how long they wait and take.
final class LaneMetrics {
  private final Counter batches;
  private final Counter commands;
  private final Timer waits;
  private final Timer runs;

  LaneMetrics(MeterRegistry meters) {
    batches =
        Counter.builder("muster.lane.batches").description("Batches of commands").register(meters);
    commands =
        Counter.builder("muster.lane.commands")
            .description("Commands that were decided in batches")
            .register(meters);
    waits =
        Timer.builder("muster.lane.wait")
            .description("How long the first command of a batch has waited for it")
            .register(meters);
    runs =
        Timer.builder("muster.lane.run")
            .description("How long a batch takes: load, decide, write and commit")
            .register(meters);
  }

  /// A batch begins.
  ///
  /// @param sinceNanos when its first command came
  void begins(int size, long sinceNanos) {
    batches.increment();
    commands.increment(size);
    waits.record(Duration.ofNanos(System.nanoTime() - sinceNanos));
  }

  void took(long sinceNanos) {
    runs.record(Duration.ofNanos(System.nanoTime() - sinceNanos));
  }
}
