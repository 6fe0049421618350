package dev.muster.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// What the broker takes from a producer that knows nothing of a feed: idempotent, acknowledged by
/// all, as many records under way as it likes.
final class RawProducer {
  private static final String TOPIC = "bench.raw";
  private static final int PARTITIONS = 12;

  private final String kafka;

  RawProducer(String kafka) throws ExecutionException, InterruptedException {
    this.kafka = kafka;
    var topic = new NewTopic(TOPIC, Optional.of(PARTITIONS), Optional.empty());
    try (var admin = Admin.create(Map.<String, Object>of("bootstrap.servers", kafka))) {
      admin.createTopics(List.of(topic)).all().get();
    }
  }

  /// Sends each of the records as often as is said, and returns how many a second were
  /// acknowledged.
  double perSecond(List<ProducerRecord<byte[], byte[]>> records, int times)
      throws ExecutionException, InterruptedException {
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers", kafka, "acks", "all", "compression.type", "lz4", "linger.ms", 5);
    try (var producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      // A new partition takes the batch that comes first for the first one: each gets one alone.
      for (var partition = 0; partition < PARTITIONS; partition++) {
        producer.send(new ProducerRecord<>(TOPIC, partition, null, null)).get();
      }
      var begin = System.nanoTime();
      var sent = new ArrayList<Future<?>>(records.size() * times);
      for (var i = 0; i < times; i++) {
        for (var record : records) {
          sent.add(
              producer.send(
                  new ProducerRecord<>(
                      TOPIC, record.partition(), record.key(), record.value(), record.headers())));
        }
      }
      producer.flush();
      for (var acknowledgement : sent) {
        acknowledgement.get();
      }
      return sent.size() / ((System.nanoTime() - begin) / 1e9);
    }
  }
}
