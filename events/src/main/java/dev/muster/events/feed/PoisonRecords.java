package dev.muster.events.feed;

import dev.muster.events.kafka.FeedClient;
import dev.muster.events.kafka.KafkaClients;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;

/// Where a consumer puts what it cannot take, to go on with what follows.
public class PoisonRecords implements DisposableBean {
  private static final Logger log = LoggerFactory.getLogger(PoisonRecords.class);

  private final Producer<byte[], byte[]> producer;
  private final String topic;
  private final InstantSource clock;
  private final Counter written;
  private final Counter lost;

  public PoisonRecords(KafkaClients clients, InstantSource clock, MeterRegistry meters) {
    this.producer = new KafkaProducer<>(clients.producer(FeedClient.DEAD_LETTERS, "dead-letters"));
    this.topic = clients.names().deadLetters();
    this.clock = clock;
    this.written = meters.counter("muster.poison.records.written");
    this.lost = meters.counter("muster.poison.records.lost");
  }

  /// Writes the record down, without waiting for Kafka to have it. What cannot be written is
  /// counted and logged by its place, where it still stands.
  ///
  /// @param group who cannot take it
  public void add(ConsumerRecord<byte[], byte[]> record, String group, Throwable why) {
    var letter = PoisonRecord.of(record, group, why, clock.instant());
    log.atWarn()
        .addKeyValue("topic", letter.topic())
        .addKeyValue("partition", letter.partition())
        .addKeyValue("offset", letter.offset())
        .addKeyValue("group", group)
        .addKeyValue("reason", why.getClass().getSimpleName())
        .log("A record cannot be taken, and goes to the dead letters");
    var headers = new RecordHeaders(record.headers());
    letter.write(headers);
    try {
      var _ =
          producer.send(
              new ProducerRecord<>(topic, null, null, record.key(), record.value(), headers),
              (_, failure) -> done(letter, failure));
    } catch (KafkaException e) {
      done(letter, e);
    }
  }

  /// Waits until all that was added is written, or is known not to be.
  public void flush() {
    producer.flush();
  }

  private void done(PoisonRecord letter, @Nullable Exception failure) {
    if (failure == null) {
      written.increment();
      return;
    }
    lost.increment();
    log.atError()
        .addKeyValue("topic", letter.topic())
        .addKeyValue("partition", letter.partition())
        .addKeyValue("offset", letter.offset())
        .addKeyValue("group", letter.group())
        .addKeyValue("reason", failure.getClass().getSimpleName())
        .log("A record that could not be taken is not in the dead letters either");
  }

  @Override
  public void destroy() {
    producer.close(Duration.ofSeconds(2));
  }
}
