package dev.muster.events.feed;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.core.ConsumerFactory;

/// The tasks that `muster.tasks` has from a past epoch, and that this database does not know:
/// nobody will ever tell of their end.
final class StrangeTasks {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final ConsumerFactory<byte[], byte[]> consumers;
  private final JdbcClient db;

  StrangeTasks(ConsumerFactory<byte[], byte[]> consumers, JdbcClient db) {
    this.consumers = consumers;
    this.db = db;
  }

  /// Writes a tombstone for each of them.
  void bury(Producer<byte[], byte[]> producer, FeedRecords records) {
    try (var consumer = consumers.createConsumer()) {
      var partitions =
          consumer.partitionsFor(records.topic(), PATIENCE).stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      for (var partition : partitions) {
        bury(producer, records, strangers(keys(consumer, partition)));
      }
    }
  }

  private static void bury(
      Producer<byte[], byte[]> producer, FeedRecords records, List<UUID> strangers) {
    if (strangers.isEmpty()) {
      return;
    }
    producer.beginTransaction();
    for (var task : strangers) {
      var key = task.toString().getBytes(UTF_8);
      var partition = FeedRecords.partition(key, records.partitions());
      var epoch = new RecordHeader(FeedRecords.EPOCH, records.epoch().getBytes(UTF_8));
      var _ =
          producer.send(
              new ProducerRecord<>(records.topic(), partition, null, key, null, List.of(epoch)));
    }
    producer.commitTransaction();
  }

  /// The tasks that the partition has a state of.
  private static Set<UUID> keys(Consumer<byte[], byte[]> consumer, TopicPartition partition) {
    var keys = new HashSet<UUID>();
    consumer.assign(List.of(partition));
    consumer.seekToBeginning(List.of(partition));
    var end = consumer.endOffsets(List.of(partition), PATIENCE).getOrDefault(partition, 0L);
    var deadline = Instant.now().plus(PATIENCE);
    while (consumer.position(partition, PATIENCE) < end) {
      var records = consumer.poll(Duration.ofMillis(200));
      for (var record : records) {
        note(record, keys);
      }
      deadline = records.isEmpty() ? deadline : Instant.now().plus(PATIENCE);
      if (Instant.now().isAfter(deadline)) {
        throw new IllegalStateException("%s could not be read to its end".formatted(partition));
      }
    }
    return keys;
  }

  private static void note(ConsumerRecord<byte[], byte[]> record, Set<UUID> keys) {
    var task = UUID.fromString(new String(record.key(), UTF_8));
    if (record.value() == null) {
      keys.remove(task);
    } else {
      keys.add(task);
    }
  }

  private List<UUID> strangers(Set<UUID> keys) {
    return db.sql(
            """
            SELECT id FROM unnest(:ids::uuid[]) AS u (id)
             WHERE (SELECT true FROM event_log WHERE subject_id = u.id LIMIT 1) IS NULL
               AND (SELECT true FROM task WHERE task.id = u.id LIMIT 1) IS NULL
            """)
        .param("ids", keys.toArray(UUID[]::new))
        .query((row, _) -> row.getObject(1, UUID.class))
        .list();
  }
}
