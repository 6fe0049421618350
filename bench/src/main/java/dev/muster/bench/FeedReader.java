package dev.muster.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.muster.events.FeedNames;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ObjLongConsumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// A consumer of the feed, from its present end on, that says when it had each record.
final class FeedReader implements AutoCloseable {
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final ObjLongConsumer<String> heard;
  private final AtomicLong records = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private final Thread thread;

  /// @param heard takes `task:sequence` and the nanosecond at which it could be read
  FeedReader(String kafka, ObjLongConsumer<String> heard) {
    this.heard = heard;
    this.consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", kafka, "isolation.level", "read_committed"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    var partitions =
        consumer.partitionsFor(FeedNames.DEFAULT.events()).stream()
            .map(info -> new TopicPartition(info.topic(), info.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.endOffsets(partitions).forEach(consumer::seek);
    this.thread = Thread.ofPlatform().name("bench-reader").start(this::run);
  }

  private void run() {
    try (consumer) {
      while (true) {
        var batch = consumer.poll(Duration.ofSeconds(1));
        var now = System.nanoTime();
        batch.forEach(record -> take(record, now));
      }
    } catch (WakeupException e) {
      // That is how it is told to stop.
    }
  }

  private void take(ConsumerRecord<byte[], byte[]> record, long now) {
    records.incrementAndGet();
    bytes.addAndGet(record.serializedValueSize());
    heard.accept(header(record, "ce_subject") + ":" + header(record, "ce_sequence"), now);
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    var header = record.headers().lastHeader(name);
    return header == null ? "" : new String(header.value(), UTF_8);
  }

  long records() {
    return records.get();
  }

  long bytes() {
    return bytes.get();
  }

  @Override
  public void close() {
    consumer.wakeup();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
