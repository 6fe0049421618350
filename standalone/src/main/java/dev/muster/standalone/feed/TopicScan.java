package dev.muster.standalone.feed;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.muster.events.Event;
import dev.muster.events.EventCodec;
import dev.muster.events.feed.FeedLog;
import dev.muster.events.feed.FeedRecords;
import dev.muster.events.kafka.FeedClient;
import dev.muster.events.kafka.KafkaClients;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/// Reads a topic from its beginning to its end, without a group and without leaving a trace.
final class TopicScan {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration ANSWER_AT_MOST = Duration.ofSeconds(30);

  private final Map<String, Object> settings;
  private final Duration patience;

  /// @param patience how long to wait, at the end, for what must still come
  TopicScan(KafkaClients clients, Duration patience) {
    this.settings = clients.consumer(FeedClient.TOOL_READER, "tool");
    this.patience = patience;
  }

  /// Reads what the topic holds now, and waits a while for what must still come.
  ///
  /// @param isEnough whether all has come that must
  /// @throws CannotRun if Kafka does not give what it has
  void read(String topic, Consumer<ConsumerRecord<byte[], byte[]>> each, BooleanSupplier isEnough) {
    try (var consumer = new KafkaConsumer<byte[], byte[]>(settings)) {
      var partitions =
          consumer.partitionsFor(topic, ANSWER_AT_MOST).stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      var ends = consumer.endOffsets(partitions, ANSWER_AT_MOST);
      var lastSign = Instant.now();
      while (!isRead(consumer, ends) || !isEnough.getAsBoolean()) {
        var records = consumer.poll(POLL);
        records.forEach(each);
        if (!records.isEmpty()) {
          lastSign = Instant.now();
        } else if (lastSign
            .plus(isRead(consumer, ends) ? patience : ANSWER_AT_MOST)
            .isBefore(Instant.now())) {
          requireRead(consumer, ends);
          return;
        }
      }
    }
  }

  private static void requireRead(
      KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends) {
    ends.forEach((partition, end) -> {
      var position = consumer.position(partition, ANSWER_AT_MOST);
      if (position < end) {
        throw new CannotRun(
            "%s could only be read up to offset %d of %d: a transaction is open there, or Kafka is too slow. Run it again."
                .formatted(partition, position, end));
      }
    });
  }

  private static boolean isRead(
      KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends) {
    return ends.entrySet().stream()
        .allMatch(end -> consumer.position(end.getKey(), ANSWER_AT_MOST) >= end.getValue());
  }

  /// Which of its task's events the record tells of; 0 if it does not say.
  static long sequence(ConsumerRecord<byte[], byte[]> record) {
    var header = record.headers().lastHeader("ce_sequence");
    return header == null ? 0 : Long.parseLong(new String(header.value(), UTF_8));
  }

  /// The name of the history that the record belongs to.
  static String epoch(ConsumerRecord<byte[], byte[]> record, FeedLog.Epochs epochs) {
    var header = record.headers().lastHeader(FeedRecords.EPOCH);
    return header == null ? epochs.unmarked() : new String(header.value(), UTF_8);
  }

  /// The event of a record; empty if it is none.
  static Optional<Event> event(ConsumerRecord<byte[], byte[]> record) {
    try {
      return Optional.of(
          EventCodec.read(
              name -> {
                var header = record.headers().lastHeader(name);
                return header == null ? null : header.value();
              },
              record.value()));
    } catch (RuntimeException e) {
      return Optional.empty();
    }
  }
}
