package dev.muster.events.feed;

import dev.muster.events.Event;
import dev.muster.events.EventCodec;
import dev.muster.events.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.core.ConsumerFactory;

/// What each partition of the feed really ends with.
///
/// The publisher's cursor is written after Kafka's acknowledgement, so after a crash it may stand
/// behind what Kafka has. Each partition holds its events in the order of the log, so its last
/// record says how far it got. A partition's last offsets are seldom records: each transaction
/// leaves a marker, and one that was given up leaves records that do not count. So the search goes
/// backwards, in steps that grow, until it finds one that does.
final class PublishedTail {
  private static final Logger log = LoggerFactory.getLogger(PublishedTail.class);
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final long STEP_FIRST = 16;
  private static final int STEP_GROWTH = 16;

  private final ConsumerFactory<byte[], byte[]> consumers;
  private final FeedLog feedLog;

  PublishedTail(ConsumerFactory<byte[], byte[]> consumers, FeedLog feedLog) {
    this.consumers = consumers;
    this.feedLog = feedLog;
  }

  /// The log id of each partition's last record; a partition that is empty, or whose last event the
  /// log no longer has, is not in the map. Reads what is committed, so it must be called when no
  /// transaction is open any more.
  ///
  /// @throws IllegalStateException if Kafka tells of something that the log has yet to reach: the
  ///   database is then of an earlier time, and what it publishes would not go on where Kafka ends
  Map<Integer, Long> read() {
    try (var consumer = consumers.createConsumer()) {
      var partitions =
          consumer.partitionsFor(Topics.EVENTS, PATIENCE).stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      var starts = consumer.beginningOffsets(partitions, PATIENCE);
      var ends = consumer.endOffsets(partitions, PATIENCE);
      var lastLogIds = new HashMap<Integer, Long>();
      for (var partition : partitions) {
        last(consumer, partition, offset(starts, partition), offset(ends, partition))
            .flatMap(this::logId)
            .ifPresent(logId -> lastLogIds.put(partition.partition(), logId));
      }
      return lastLogIds;
    }
  }

  private static Optional<Event> last(
      Consumer<byte[], byte[]> consumer, TopicPartition partition, long start, long end) {
    consumer.assign(List.of(partition));
    var step = STEP_FIRST;
    for (var upTo = end; upTo > start; step *= STEP_GROWTH) {
      var from = Math.max(start, upTo - step);
      consumer.seek(partition, from);
      var found = lastBefore(consumer, partition, upTo);
      if (found.isPresent()) {
        return found;
      }
      upTo = from;
    }
    return Optional.empty();
  }

  private static Optional<Event> lastBefore(
      Consumer<byte[], byte[]> consumer, TopicPartition partition, long upTo) {
    var last = Optional.<Event>empty();
    var deadline = Instant.now().plus(PATIENCE);
    while (consumer.position(partition, PATIENCE) < upTo) {
      if (Instant.now().isAfter(deadline)) {
        throw new IllegalStateException(
            "The end of %s could not be read in %s".formatted(partition, PATIENCE));
      }
      for (var record : consumer.poll(Duration.ofMillis(200))) {
        if (record.offset() < upTo) {
          var event = event(record);
          last = event.isPresent() ? event : last;
        }
      }
    }
    return last;
  }

  /// Empty for what is not an event: it was not the publisher who wrote it.
  private static Optional<Event> event(ConsumerRecord<byte[], byte[]> record) {
    try {
      return Optional.of(
          EventCodec.read(name -> value(record.headers().lastHeader(name)), record.value()));
    } catch (RuntimeException e) {
      log.atWarn()
          .addKeyValue("partition", record.partition())
          .addKeyValue("offset", record.offset())
          .log("A record of the feed is no event");
      return Optional.empty();
    }
  }

  private Optional<Long> logId(Event event) {
    if (feedLog.head(event.workspace()) < event.position()) {
      throw new IllegalStateException(
          ("%s has position %d of workspace %s, which Postgres has not reached: the topic holds"
                  + " another history than the database")
              .formatted(Topics.EVENTS, event.position(), event.workspace()));
    }
    return feedLog.logId(event.workspace(), event.position());
  }

  private static byte @Nullable [] value(@Nullable Header header) {
    return header == null ? null : header.value();
  }

  private static long offset(Map<TopicPartition, Long> offsets, TopicPartition partition) {
    return offsets.getOrDefault(partition, 0L);
  }
}
