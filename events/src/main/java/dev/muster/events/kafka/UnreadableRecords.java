package dev.muster.events.kafka;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The records of one consumer that Kafka has and cannot give: damaged on a broker's disk, say. The
/// client fails at such a record for ever, and reads nothing after it.
///
/// Owned by the consumer's thread.
public final class UnreadableRecords {
  private static final Logger log = LoggerFactory.getLogger(UnreadableRecords.class);
  private static final int TRIES = 5;
  private static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(1);
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final int POLLS_MAX = 20;

  private final String name;
  private final Supplier<? extends Consumer<byte[], byte[]>> consumers;
  private final Counter passedOver;
  private int failures;
  private long failedNanos = System.nanoTime();

  /// Counts what is passed over as `muster.records.unreadable`.
  ///
  /// @param name what the consumer is called
  /// @param consumers makes consumers that look for where reading can go on
  public UnreadableRecords(
      String name, MeterRegistry meters, Supplier<? extends Consumer<byte[], byte[]>> consumers) {
    this.name = name;
    this.consumers = consumers;
    this.passedOver =
        Counter.builder("muster.records.unreadable")
            .description("Records that Kafka could not give, and were passed over")
            .tag("consumer", name)
            .register(meters);
  }

  /// Counts a failure. Returns whether it is one too many to hope for the next try. That another
  /// partition was read meanwhile says nothing.
  public boolean isHopelessAfter(Exception failure) {
    if (!isUnreadable(failure)) {
      return false;
    }
    var now = System.nanoTime();
    failures = now - failedNanos > FORGOTTEN_AFTER.toNanos() ? 1 : failures + 1;
    failedNanos = now;
    return failures > TRIES;
  }

  /// The client says no more of a record that it cannot read, and there is no type for it.
  private static boolean isUnreadable(Exception failure) {
    return failure.getClass() == KafkaException.class || failure instanceof SerializationException;
  }

  /// Finds where reading can go on in the partitions whose next record cannot be read. What is
  /// passed over holds all that cannot be read, and perhaps as much again that could.
  ///
  /// @param positions of the next record of each partition
  /// @param move takes a partition and the position from which it can be read on
  public void passOver(Map<TopicPartition, Long> positions, BiConsumer<TopicPartition, Long> move) {
    readable(positions)
        .forEach((partition, next) -> {
          var from = positions.getOrDefault(partition, next);
          move.accept(partition, next);
          passedOver.increment((double) (next - from));
          log.atError()
              .addKeyValue("consumer", name)
              .addKeyValue("partition", partition)
              .addKeyValue("from", from)
              .addKeyValue("to", next)
              .log("Passed over records that Kafka cannot give");
        });
  }

  private Map<TopicPartition, Long> readable(Map<TopicPartition, Long> positions) {
    var readable = new HashMap<TopicPartition, Long>();
    try (var consumer = consumers.get()) {
      positions.forEach((partition, position) -> {
        var next = next(consumer, partition, position);
        if (next > position) {
          readable.put(partition, next);
        }
      });
    }
    return readable;
  }

  /// A damaged record makes its whole batch unreadable, and how many records that has is unknown:
  /// each step is twice as long as the one before.
  private static long next(
      Consumer<byte[], byte[]> consumer, TopicPartition partition, long position) {
    consumer.assign(List.of(partition));
    var end = consumer.endOffsets(List.of(partition), PATIENCE).getOrDefault(partition, position);
    var at = position;
    for (long step = 1; at < end && !isReadable(consumer, partition, at, end); step *= 2) {
      at = Math.min(position + step, end);
    }
    return at;
  }

  private static boolean isReadable(
      Consumer<byte[], byte[]> consumer, TopicPartition partition, long at, long end) {
    consumer.seek(partition, at);
    try {
      // A poll that meets only the marks of transactions brings nothing, and moves on.
      for (var polls = 0; polls < POLLS_MAX; polls++) {
        if (!consumer.poll(POLL).isEmpty() || consumer.position(partition, PATIENCE) >= end) {
          return true;
        }
      }
      throw new TimeoutException("no answer whether %s can be read".formatted(partition));
    } catch (KafkaException e) {
      if (isUnreadable(e)) {
        return false;
      }
      throw e;
    }
  }
}
