package dev.muster.events.feed;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/// How far a consumer is behind, as two gauges: `muster.consumer.lag`, in records, and
/// `muster.consumer.age`, in seconds since the oldest record that it has not dealt with was
/// written.
///
/// What the consumer's thread notes, whoever reads the gauges sees: a consumer that is stuck in a
/// batch grows older.
public final class ConsumerProgress {
  private static final long NONE = Long.MAX_VALUE;

  private final InstantSource clock;
  // Written by the consumer's thread.
  private volatile long lag;
  private volatile long oldestMillis = NONE;

  /// @param consumer what it is called
  public ConsumerProgress(String consumer, InstantSource clock, MeterRegistry meters) {
    this.clock = clock;
    Gauge.builder("muster.consumer.lag", this, progress -> progress.lag)
        .description("Records that the consumer has not dealt with")
        .tag("consumer", consumer)
        .register(meters);
    Gauge.builder("muster.consumer.age", this, ConsumerProgress::ageSeconds)
        .description("How long ago the oldest of them was written")
        .baseUnit("seconds")
        .tag("consumer", consumer)
        .register(meters);
  }

  private double ageSeconds() {
    var oldest = oldestMillis;
    return oldest == NONE ? 0 : Math.max(0, clock.millis() - oldest) / 1_000.0;
  }

  /// A batch has come.
  public void begins(Iterable<? extends ConsumerRecord<?, ?>> batch) {
    var oldest = NONE;
    var records = 0;
    for (var record : batch) {
      oldest = Math.min(oldest, record.timestamp());
      records++;
    }
    lag = Math.max(lag, records);
    oldestMillis = Math.min(oldestMillis, oldest);
  }

  /// A batch has been dealt with, or there was none. What is still to come is at least as new as
  /// what was just dealt with.
  public void ends(Iterable<? extends ConsumerRecord<?, ?>> batch, Consumer<?, ?> consumer) {
    var behind = 0L;
    for (var partition : consumer.assignment()) {
      behind += consumer.currentLag(partition).orElse(0);
    }
    lag = behind;
    if (behind == 0) {
      oldestMillis = NONE;
      return;
    }
    var newest = 0L;
    for (var record : batch) {
      newest = Math.max(newest, record.timestamp());
    }
    oldestMillis = newest == 0 ? Math.min(oldestMillis, clock.millis()) : newest;
  }
}
