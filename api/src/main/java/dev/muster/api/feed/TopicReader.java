package dev.muster.api.feed;

import dev.muster.events.feed.Loop;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;

/// Reads a whole topic, every partition of it, from where it ended when the instance started.
///
/// There is no group, so nothing is committed and nobody shares the work: each instance sees each
/// record. The places are kept here rather than in the consumer, so a consumer that failed is
/// replaced by one that goes on behind the last record that was handed over. They are fixed before
/// the web server answers: who connects to it misses nothing that happens afterwards.
public abstract class TopicReader<T> extends Loop implements InitializingBean {
  private static final Logger log = LoggerFactory.getLogger(TopicReader.class);
  private static final Duration POLL = Duration.ofSeconds(1);
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int SILENT_POLLS_MAX = 10;

  private final String topic;
  private final ConsumerFactory<byte[], byte[]> consumers;
  private final Counter undecodable;
  // Filled before the loop's thread starts, and owned by that thread from then on.
  private final Map<TopicPartition, Long> positions = new HashMap<>();
  // Owned by the loop's thread.
  private @Nullable Consumer<byte[], byte[]> consumer;
  private int silentPolls;

  protected TopicReader(String name, String topic, KafkaProperties kafka, MeterRegistry meters) {
    super(name);
    this.topic = topic;
    this.consumers = consumers(kafka);
    this.undecodable = meters.counter("muster.records.undecodable", "topic", topic);
  }

  /// Reads one record.
  ///
  /// @return empty if the record is not for this reader
  /// @throws RuntimeException if it is broken; it is then logged, counted and left out
  protected abstract Optional<T> decode(ConsumerRecord<byte[], byte[]> record);

  /// Hands over what was read.
  protected abstract void deliver(List<T> batch);

  /// The values of a record's headers, by their names.
  protected static Function<String, byte @Nullable []> headers(
      ConsumerRecord<byte[], byte[]> record) {
    return name -> {
      var header = record.headers().lastHeader(name);
      return header == null ? null : header.value();
    };
  }

  /// Calls one listener, so that what fails in it is neither the reader's nor the next listener's
  /// business.
  protected static void isolated(Object listener, Runnable call) {
    try {
      call.run();
    } catch (RuntimeException e) {
      log.atError()
          .addKeyValue("listener", listener.getClass().getSimpleName())
          .setCause(e)
          .log("A listener failed, and misses the events it was given");
    }
  }

  @Override
  public void afterPropertiesSet() {
    try (var first = consumers.createConsumer()) {
      positions.putAll(first.endOffsets(partitions(first), PATIENCE));
    }
  }

  @Override
  protected final void step() {
    var current = consumer;
    if (current == null) {
      current = consumers.createConsumer();
      consumer = current;
      resume(current);
    }
    var records = current.poll(POLL);
    if (records.isEmpty()) {
      silence(current);
      return;
    }
    silentPolls = 0;
    var batch = decoded(records);
    records.nextOffsets().forEach((partition, next) -> positions.put(partition, next.offset()));
    if (!batch.isEmpty()) {
      deliver(batch);
    }
  }

  /// A consumer does not say that Kafka is away, it only has no records: asking for the ends does.
  /// Partitions that were added meanwhile are read from their beginning.
  private void silence(Consumer<byte[], byte[]> current) {
    if (++silentPolls >= SILENT_POLLS_MAX) {
      silentPolls = 0;
      resume(current);
    }
  }

  private void resume(Consumer<byte[], byte[]> current) {
    var partitions = partitions(current);
    partitions.forEach(partition -> positions.putIfAbsent(partition, 0L));
    current.endOffsets(partitions, PATIENCE);
    if (!current.assignment().equals(positions.keySet())) {
      current.assign(positions.keySet());
      positions.forEach(current::seek);
    }
  }

  private List<TopicPartition> partitions(Consumer<byte[], byte[]> current) {
    return current.partitionsFor(topic, PATIENCE).stream()
        .map(info -> new TopicPartition(info.topic(), info.partition()))
        .toList();
  }

  private List<T> decoded(ConsumerRecords<byte[], byte[]> records) {
    var batch = new ArrayList<T>(records.count());
    for (var record : records) {
      try {
        decode(record).ifPresent(batch::add);
      } catch (RuntimeException e) {
        undecodable.increment();
        log.atWarn()
            .addKeyValue("topic", topic)
            .addKeyValue("partition", record.partition())
            .addKeyValue("offset", record.offset())
            .addKeyValue("reason", e.getClass().getSimpleName())
            .log("Left out a record that cannot be decoded");
      }
    }
    return List.copyOf(batch);
  }

  @Override
  protected final void reset() {
    var current = consumer;
    consumer = null;
    if (current != null) {
      // A consumer does not let itself be closed by an interrupted thread.
      var interrupted = Thread.interrupted();
      current.close(CloseOptions.timeout(Duration.ZERO));
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static ConsumerFactory<byte[], byte[]> consumers(KafkaProperties kafka) {
    var settings = new HashMap<>(kafka.buildConsumerProperties());
    settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
    settings.remove(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG);
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    // For a place that is no longer there: what is left behind it has not been seen.
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    return new DefaultKafkaConsumerFactory<>(
        settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }
}
