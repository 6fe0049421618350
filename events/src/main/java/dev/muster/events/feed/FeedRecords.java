package dev.muster.events.feed;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.muster.events.Event;
import dev.muster.events.EventCodec;
import dev.muster.events.EventType;
import dev.muster.events.Topics;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/// The records by which an event is told, the same from whoever writes them.
public final class FeedRecords {
  private FeedRecords() {}

  /// The event's record in a topic of that many partitions, under the same key, id and headers as
  /// in every other topic.
  public static ProducerRecord<byte[], byte[]> of(Event event, String topic, int partitions) {
    var key = EventCodec.key(event);
    return record(event, topic, partition(key, partitions), key, EventCodec.value(event));
  }

  /// The latest state of the task that the event is about: nothing, for one that was deleted.
  static ProducerRecord<byte[], byte[]> latestState(Event event, int partitions) {
    var key = event.subject().toString().getBytes(UTF_8);
    var value = event.name().equals(EventType.TASK_DELETED.wire()) ? null : EventCodec.value(event);
    return record(event, Topics.TASKS, partition(key, partitions), key, value);
  }

  /// Where a key belongs: what Kafka's own clients choose for it.
  static int partition(byte[] key, int partitions) {
    return Utils.toPositive(Utils.murmur2(key)) % partitions;
  }

  private static ProducerRecord<byte[], byte[]> record(
      Event event, String topic, int partition, byte[] key, byte @Nullable [] value) {
    var record =
        new ProducerRecord<byte[], byte[]>(
            topic, partition, event.time().toEpochMilli(), key, value);
    EventCodec.headers(event).forEach((name, text) -> record.headers().add(name, text));
    return record;
  }
}
