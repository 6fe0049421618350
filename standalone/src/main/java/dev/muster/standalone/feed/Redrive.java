package dev.muster.standalone.feed;

import dev.muster.events.Topics;
import dev.muster.events.feed.PoisonRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;

/// Gives dead letters back to those who could not take them, each failure once.
///
/// They go to a topic that Muster's own consumers read besides the one it came from, each what is
/// for itself. The topic also says what has been redriven: whoever runs this again, or after it was
/// interrupted, sends what is missing there.
final class Redrive {
  private static final Duration PATIENCE = Duration.ZERO;

  private final KafkaProperties kafka;
  private final Optional<String> group;

  /// @param group whose letters alone; empty for all
  Redrive(KafkaProperties kafka, Optional<String> group) {
    this.kafka = kafka;
    this.group = group;
  }

  /// The letters that nobody has redriven, in the order in which they came within a partition.
  List<PoisonRecord> waiting() {
    var letters = new ArrayList<PoisonRecord>();
    eachWaiting((letter, _) -> letters.add(letter));
    return List.copyOf(letters);
  }

  /// Redrives them. Returns how many they were.
  long run() {
    try (var producer = new KafkaProducer<byte[], byte[]>(settings())) {
      var sent = new ArrayList<Future<RecordMetadata>>();
      eachWaiting((_, record) ->
          sent.add(
              producer.send(
                  new ProducerRecord<>(
                      Topics.REDRIVEN,
                      null,
                      null,
                      record.key(),
                      record.value(),
                      record.headers()))));
      producer.flush();
      sent.forEach(Redrive::await);
      return sent.size();
    }
  }

  private void eachWaiting(BiConsumer<PoisonRecord, ConsumerRecord<byte[], byte[]>> each) {
    var done = redriven();
    scan(
        Topics.DEAD_LETTERS,
        (letter, record) -> {
          if (group.isEmpty() || letter.group().equals(group.get())) {
            if (done.add(letter.failure())) {
              each.accept(letter, record);
            }
          }
        });
  }

  private Set<String> redriven() {
    var failures = new HashSet<String>();
    scan(Topics.REDRIVEN, (letter, _) -> failures.add(letter.failure()));
    return failures;
  }

  private void scan(String topic, BiConsumer<PoisonRecord, ConsumerRecord<byte[], byte[]>> each) {
    new TopicScan(kafka.buildConsumerProperties(), PATIENCE)
        .read(
            topic,
            record ->
                PoisonRecord.read(record.headers())
                    .ifPresent(letter -> each.accept(letter, record)),
            () -> true);
  }

  private Map<String, Object> settings() {
    var settings = new HashMap<>(kafka.buildProducerProperties());
    settings.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    settings.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    // A new partition takes whatever number a producer's first batch has. Were its leader not there
    // yet for a first request and there for a second on its way, the first would be refused for
    // good.
    settings.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
    settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 8 * 1024 * 1024);
    return settings;
  }

  private static void await(Future<RecordMetadata> sent) {
    try {
      var _ = sent.get();
    } catch (ExecutionException e) {
      throw new CannotRun(
          "Kafka does not take %s (%s).".formatted(Topics.REDRIVEN, String.valueOf(e.getCause())),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CannotRun("Interrupted; run it again to send the rest.", e);
    }
  }
}
