package dev.muster.events.feed;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.muster.events.Event;
import dev.muster.events.EventCodec;
import dev.muster.events.Topics;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.utils.Utils;

/// The records by which an event is told, the same from whoever writes them.
public final class FeedRecords {
  private FeedRecords() {}

  /// The event's record in a topic of that many partitions, under the same key, id and headers as
  /// in every other topic.
  public static ProducerRecord<byte[], byte[]> of(Event event, String topic, int partitions) {
    var key = EventCodec.key(event);
    return record(event, topic, partition(key, partitions), key);
  }

  /// The latest state of the task that the event is about.
  static ProducerRecord<byte[], byte[]> latestState(Event event, int partitions) {
    var key = event.subject().toString().getBytes(UTF_8);
    return record(event, Topics.TASKS, partition(key, partitions), key);
  }

  /// Where a key belongs: what Kafka's own clients choose for it.
  static int partition(byte[] key, int partitions) {
    return Utils.toPositive(Utils.murmur2(key)) % partitions;
  }

  private static ProducerRecord<byte[], byte[]> record(
      Event event, String topic, int partition, byte[] key) {
    var record =
        new ProducerRecord<>(
            topic, partition, event.time().toEpochMilli(), key, EventCodec.value(event));
    EventCodec.headers(event).forEach((name, value) -> record.headers().add(name, value));
    return record;
  }
}
