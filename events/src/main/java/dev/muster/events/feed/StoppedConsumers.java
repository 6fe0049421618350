package dev.muster.events.feed;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.RetriableException;

/// Consumers that cannot go on, whatever Kafka's state: they may not read, are too old for the
/// broker, or met an error that they cannot place. Each is tried again for ever; who mends it is a
/// person, so it is told as the gauge `muster.consumer.stopped`, and where somebody asks whether
/// the process is ready.
public final class StoppedConsumers {
  private static final String METER = "muster.consumer.stopped";
  private static final String CONSUMER = "consumer";

  private StoppedConsumers() {}

  /// Whether Kafka answered, and the answer will be the same the next time. A broker that is away
  /// is no such answer.
  public static boolean isForGood(Exception failure) {
    return failure instanceof ApiException && !(failure instanceof RetriableException);
  }

  /// Tells of a consumer.
  ///
  /// @param consumer what it is called
  public static void watch(String consumer, MeterRegistry meters, BooleanSupplier hasStopped) {
    Gauge.builder(METER, hasStopped, stopped -> stopped.getAsBoolean() ? 1 : 0)
        .description("Whether the consumer cannot go on until somebody mends it")
        .strongReference(true)
        .tag(CONSUMER, consumer)
        .register(meters);
  }

  /// The consumers of this process that have stopped.
  public static List<String> names(MeterRegistry meters) {
    return meters.find(METER).gauges().stream()
        .filter(gauge -> gauge.value() > 0)
        .map(gauge -> Objects.requireNonNullElse(gauge.getId().getTag(CONSUMER), ""))
        .sorted()
        .toList();
  }
}
