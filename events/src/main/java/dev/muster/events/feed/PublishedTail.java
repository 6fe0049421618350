package dev.muster.events.feed;

import dev.muster.events.Event;
import dev.muster.events.EventCodec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
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
  private final String topic;
  private final FeedLog feedLog;

  /// What a record tells.
  ///
  /// @param epoch empty if it does not say
  private record Told(Event event, String epoch) {
    String epoch(FeedLog.Epochs epochs) {
      return epoch.isEmpty() ? epochs.unmarked() : epoch;
    }
  }

  PublishedTail(ConsumerFactory<byte[], byte[]> consumers, String topic, FeedLog feedLog) {
    this.consumers = consumers;
    this.topic = topic;
    this.feedLog = feedLog;
  }

  /// The log id of each partition's last record; a partition that is empty, or whose last event the
  /// log no longer has, is not in the map. Reads what is committed, so it must be called when no
  /// transaction is open any more.
  ///
  /// What the last record of a partition tells is compared with what the log has in that place, and
  /// not the numbers alone: a log that was put back grows past them. A record of a past epoch
  /// stands in front of all that this one will write, and does not count.
  ///
  /// @throws OtherHistory if Kafka tells of something else than the log
  Map<Integer, Long> read() {
    var epochs = feedLog.epochs();
    var lastLogIds = new HashMap<Integer, Long>();
    each((partition, last) ->
        logId(last, epochs).ifPresent(logId -> lastLogIds.put(partition, logId)));
    return lastLogIds;
  }

  /// The name of a history that the topic ends with and that this database never had; empty if
  /// there is none.
  Optional<String> strangersEpoch() {
    var epochs = feedLog.epochs();
    var strangers = new ArrayList<String>();
    each((_, last) -> {
      var epoch = last.epoch(epochs);
      if (!epoch.equals(epochs.now()) && !epochs.past().contains(epoch)) {
        strangers.add(epoch);
      }
    });
    return strangers.stream().findFirst();
  }

  /// Hands over what each partition ends with, of those that hold an event.
  private void each(BiConsumer<Integer, Told> last) {
    try (var consumer = consumers.createConsumer()) {
      var partitions =
          consumer.partitionsFor(topic, PATIENCE).stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      var starts = consumer.beginningOffsets(partitions, PATIENCE);
      var ends = consumer.endOffsets(partitions, PATIENCE);
      for (var partition : partitions) {
        last(consumer, partition, offset(starts, partition), offset(ends, partition))
            .ifPresent(told -> last.accept(partition.partition(), told));
      }
    }
  }

  private static Optional<Told> last(
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

  private static Optional<Told> lastBefore(
      Consumer<byte[], byte[]> consumer, TopicPartition partition, long upTo) {
    var last = Optional.<Told>empty();
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
  private static Optional<Told> event(ConsumerRecord<byte[], byte[]> record) {
    try {
      var event = EventCodec.read(name -> value(record.headers().lastHeader(name)), record.value());
      var epoch = record.headers().lastHeader(FeedRecords.EPOCH);
      return Optional.of(
          new Told(event, epoch == null ? "" : new String(epoch.value(), StandardCharsets.UTF_8)));
    } catch (RuntimeException e) {
      log.atWarn()
          .addKeyValue("partition", record.partition())
          .addKeyValue("offset", record.offset())
          .log("A record of the feed is no event");
      return Optional.empty();
    }
  }

  private Optional<Long> logId(Told told, FeedLog.Epochs epochs) {
    var event = told.event;
    var epoch = told.epoch(epochs);
    if (epochs.past().contains(epoch)) {
      return Optional.empty();
    }
    if (!epoch.equals(epochs.now())) {
      throw new OtherHistory(
          "%s ends with events of the epoch %s, which this database never had"
              .formatted(topic, epoch));
    }
    if (feedLog.head(event.workspace()) < event.position()) {
      throw new OtherHistory(
          "%s has position %d of workspace %s, which Postgres has not reached: the topic holds another history"
              .formatted(topic, event.position(), event.workspace()));
    }
    var entry = feedLog.at(event.workspace(), event.position());
    if (entry.isPresent() && !isSame(entry.get().event(), event)) {
      throw new OtherHistory(
          "%s has another event at position %d of workspace %s than Postgres: the topic holds another history"
              .formatted(topic, event.position(), event.workspace()));
    }
    return entry.map(FeedLog.Entry::logId);
  }

  private static boolean isSame(Event one, Event other) {
    return one.name().equals(other.name())
        && one.subject().equals(other.subject())
        && Objects.equals(one.seq(), other.seq())
        && one.time().equals(other.time());
  }

  private static byte @Nullable [] value(@Nullable Header header) {
    return header == null ? null : header.value();
  }

  private static long offset(Map<TopicPartition, Long> offsets, TopicPartition partition) {
    return offsets.getOrDefault(partition, 0L);
  }
}
