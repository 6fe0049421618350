package dev.muster.events.feed;

import dev.muster.events.EventCodec;
import dev.muster.events.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.springframework.kafka.core.ConsumerFactory;

/// What each partition of the feed really ends with.
///
/// The publisher's cursor is written after Kafka's acknowledgement, so after a crash it may stand
/// behind what Kafka has. Each partition holds its events in the order of the log, so its last
/// record says how far it got.
final class PublishedTail {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final ConsumerFactory<byte[], byte[]> consumers;
  private final FeedLog feedLog;

  PublishedTail(ConsumerFactory<byte[], byte[]> consumers, FeedLog feedLog) {
    this.consumers = consumers;
    this.feedLog = feedLog;
  }

  /// The log id of each partition's last record; a partition that is empty, or whose last event the
  /// log no longer has, is not in the map.
  Map<Integer, Long> read() {
    try (var consumer = consumers.createConsumer()) {
      var partitions =
          consumer.partitionsFor(Topics.EVENTS, PATIENCE).stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      return lastLogIds(consumer, partitions);
    }
  }

  private Map<Integer, Long> lastLogIds(
      Consumer<byte[], byte[]> consumer, List<TopicPartition> partitions) {
    var starts = consumer.beginningOffsets(partitions, PATIENCE);
    var ends = consumer.endOffsets(partitions, PATIENCE);
    var open = partitions.stream().filter(p -> offset(ends, p) > offset(starts, p)).toList();
    consumer.assign(open);
    open.forEach(partition -> consumer.seek(partition, offset(ends, partition) - 1));
    var lastLogIds = new HashMap<Integer, Long>();
    var seen = new HashMap<TopicPartition, Boolean>();
    var deadline = Instant.now().plus(PATIENCE);
    while (seen.size() < open.size()) {
      if (Instant.now().isAfter(deadline)) {
        throw new IllegalStateException(
            "The ends of " + Topics.EVENTS + " could not be read in " + PATIENCE);
      }
      for (var record : consumer.poll(Duration.ofMillis(200))) {
        seen.put(new TopicPartition(record.topic(), record.partition()), true);
        EventCodec.decode(name -> header(record.headers().lastHeader(name)), record.value())
            .flatMap(event -> feedLog.logId(event.workspace(), event.position()))
            .ifPresent(logId -> lastLogIds.put(record.partition(), logId));
      }
    }
    return lastLogIds;
  }

  private static byte @org.jspecify.annotations.Nullable [] header(
      org.apache.kafka.common.header.@org.jspecify.annotations.Nullable Header header) {
    return header == null ? null : header.value();
  }

  private static long offset(Map<TopicPartition, Long> offsets, TopicPartition partition) {
    return offsets.getOrDefault(partition, 0L);
  }
}
