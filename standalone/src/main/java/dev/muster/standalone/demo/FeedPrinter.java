package dev.muster.standalone.demo;

import dev.muster.events.EventCodec;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/// Reads the feed from Kafka, as any other consumer could, and prints a line for each change of a
/// task.
final class FeedPrinter implements AutoCloseable {
  private static final Duration POLL = Duration.ofSeconds(1);
  private static final Duration STOP_AT_MOST = Duration.ofSeconds(5);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final FeedLines lines;
  private final Consumer<String> out;
  private final Thread thread;

  private FeedPrinter(
      KafkaConsumer<byte[], byte[]> consumer, FeedLines lines, Consumer<String> out) {
    this.consumer = consumer;
    this.lines = lines;
    this.out = out;
    this.thread = Thread.ofPlatform().name("muster-demo-feed").daemon(true).unstarted(this::run);
  }

  /// Prints what happens from now on.
  static FeedPrinter start(String kafka, String topic, FeedLines lines, Consumer<String> out) {
    var consumer =
        new KafkaConsumer<>(
            Map.<String, Object>of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                kafka,
                ConsumerConfig.CLIENT_ID_CONFIG,
                "muster-demo",
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed",
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    var partitions =
        consumer.partitionsFor(topic).stream()
            .map(info -> new TopicPartition(info.topic(), info.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.endOffsets(partitions).forEach(consumer::seek);
    var printer = new FeedPrinter(consumer, lines, out);
    printer.thread.start();
    return printer;
  }

  private void run() {
    try (consumer) {
      while (true) {
        for (var record : consumer.poll(POLL)) {
          EventCodec.decode(name -> header(record, name), record.value())
              .flatMap(lines::line)
              .ifPresent(out);
        }
      }
    } catch (WakeupException e) {
      // That is how it is told to stop.
    }
  }

  private static byte @Nullable [] header(ConsumerRecord<byte[], byte[]> record, String name) {
    var header = record.headers().lastHeader(name);
    return header == null ? null : header.value();
  }

  @Override
  public void close() {
    consumer.wakeup();
    try {
      thread.join(STOP_AT_MOST);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
