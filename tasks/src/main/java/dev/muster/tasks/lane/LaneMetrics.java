package dev.muster.tasks.lane;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/// How many commands are decided, and in how many batches.
final class LaneMetrics {
  private final Counter batches;
  private final Counter commands;

  LaneMetrics(MeterRegistry meters) {
    batches =
        Counter.builder("muster.lane.batches").description("Batches of commands").register(meters);
    commands =
        Counter.builder("muster.lane.commands")
            .description("Commands that were decided in batches")
            .register(meters);
  }

  void batch(int size) {
    batches.increment();
    commands.increment(size);
  }
}
