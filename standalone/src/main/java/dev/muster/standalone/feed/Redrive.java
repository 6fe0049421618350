package dev.muster.standalone.feed;

import dev.muster.events.feed.PoisonRecord;
import dev.muster.events.kafka.FeedClient;
import dev.muster.events.kafka.KafkaClients;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/// Gives dead letters back to those who could not take them, each failure once.
///
/// They go to a topic that Muster's own consumers read besides the one it came from, each what is
/// for itself. The topic also says what has been redriven: whoever runs this again, or after it was
/// interrupted, sends what is missing there.
final class Redrive {
  private static final Duration PATIENCE = Duration.ZERO;

  private final KafkaClients kafka;
  private final Optional<String> group;

  /// @param group whose letters alone; empty for all
  Redrive(KafkaClients kafka, Optional<String> group) {
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
    try (var producer =
        new KafkaProducer<byte[], byte[]>(kafka.producer(FeedClient.TOOL_WRITER, "tool"))) {
      var sent = new ArrayList<Future<RecordMetadata>>();
      eachWaiting((_, record) ->
          sent.add(
              producer.send(
                  new ProducerRecord<>(
                      kafka.names().redriven(),
                      null,
                      null,
                      record.key(),
                      record.value(),
                      record.headers()))));
      producer.flush();
      sent.forEach(this::await);
      return sent.size();
    }
  }

  private void eachWaiting(BiConsumer<PoisonRecord, ConsumerRecord<byte[], byte[]>> each) {
    var done = redriven();
    scan(
        kafka.names().deadLetters(),
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
    scan(kafka.names().redriven(), (letter, _) -> failures.add(letter.failure()));
    return failures;
  }

  private void scan(String topic, BiConsumer<PoisonRecord, ConsumerRecord<byte[], byte[]>> each) {
    new TopicScan(kafka, PATIENCE)
        .read(
            topic,
            record ->
                PoisonRecord.read(record.headers())
                    .ifPresent(letter -> each.accept(letter, record)),
            () -> true);
  }

  private void await(Future<RecordMetadata> sent) {
    try {
      var _ = sent.get();
    } catch (ExecutionException e) {
      throw new CannotRun(
          "Kafka does not take %s (%s)."
              .formatted(kafka.names().redriven(), String.valueOf(e.getCause())),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CannotRun("Interrupted; run it again to send the rest.", e);
    }
  }
}
