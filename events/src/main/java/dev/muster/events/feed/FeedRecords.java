package dev.muster.events.feed;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.muster.events.Event;
import dev.muster.events.EventCodec;
import dev.muster.events.EventType;
import java.time.Instant;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/// The records by which events are told in a topic, the same from whoever writes them.
///
/// @param partitions how many the topic has
/// @param epoch the name of the history that the events' positions belong to
public record FeedRecords(String topic, int partitions, String epoch) {
  /// The header that says which history a record belongs to.
  public static final String EPOCH = "ce_epoch";

  /// The event's record, under the same key, id and headers as in every other topic.
  ///
  /// @param now bounds the record's time, since a broker refuses what comes from far in the future;
  ///   when the change was made, `ce_time` says as it is
  public ProducerRecord<byte[], byte[]> of(Event event, Instant now) {
    return record(event, now, EventCodec.key(event), EventCodec.value(event));
  }

  /// The latest state of the task that the event is about: nothing, for one that was deleted.
  ProducerRecord<byte[], byte[]> latestState(Event event, Instant now) {
    var isDeleted = event.name().equals(EventType.TASK_DELETED.wire());
    var key = event.subject().toString().getBytes(UTF_8);
    return record(event, now, key, isDeleted ? null : EventCodec.value(event));
  }

  /// The partition of the event's record.
  public static int partitionOf(Event event, int partitions) {
    return partition(EventCodec.key(event), partitions);
  }

  /// Where a key belongs: what Kafka's own clients choose for it.
  static int partition(byte[] key, int partitions) {
    return Utils.toPositive(Utils.murmur2(key)) % partitions;
  }

  private ProducerRecord<byte[], byte[]> record(
      Event event, Instant now, byte[] key, byte @Nullable [] value) {
    var time = event.time().isBefore(now) ? event.time() : now;
    var record =
        new ProducerRecord<byte[], byte[]>(
            topic, partition(key, partitions), time.toEpochMilli(), key, value);
    EventCodec.headers(event).forEach((name, text) -> record.headers().add(name, text));
    record.headers().add(EPOCH, epoch.getBytes(UTF_8));
    return record;
  }
}
