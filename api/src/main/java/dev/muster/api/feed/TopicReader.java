package dev.muster.api.feed;

import dev.muster.events.feed.ConsumerProgress;
import dev.muster.events.feed.Loop;
import dev.muster.events.feed.PoisonRecord;
import dev.muster.events.feed.PoisonRecords;
import dev.muster.events.feed.StoppedConsumers;
import dev.muster.events.kafka.FeedClient;
import dev.muster.events.kafka.KafkaClients;
import dev.muster.events.kafka.UnreadableRecords;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;

/// Reads a whole topic, every partition of it, from where it ended when the instance started, and
/// of what is redriven what this reader could not take.
///
/// There is no group, so nothing is committed and nobody shares the work: each instance sees each
/// record. The places are kept here rather than in the consumer, so a consumer that failed is
/// replaced by one that goes on after the last record that was handed over. They are fixed before
/// the web server answers: who connects to it misses nothing that happens afterwards. A record that
/// Kafka cannot give is passed over after some tries.
public abstract class TopicReader<T> extends Loop implements InitializingBean {
  private static final Duration POLL = Duration.ofSeconds(1);
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int SILENT_POLLS_MAX = 10;

  private final String name;
  private final String topic;
  private final String redriven;
  private final PoisonRecords poisonRecords;
  private final ConsumerFactory<byte[], byte[]> consumers;
  private final Counter undecodable;
  private final ConsumerProgress progress;
  private final UnreadableRecords unreadable;
  // Filled before the loop's thread starts, and owned by that thread from then on.
  private final Map<TopicPartition, Long> positions = new HashMap<>();
  // Owned by the loop's thread.
  private @Nullable Consumer<byte[], byte[]> consumer;
  private int silentPolls;
  // Written by the loop's thread.
  private final AtomicBoolean stopped = new AtomicBoolean();

  /// @param name what it is called where it could not take a record
  protected TopicReader(
      String name,
      String topic,
      KafkaClients clients,
      MeterRegistry meters,
      PoisonRecords poisonRecords) {
    super(name);
    this.name = name;
    this.topic = topic;
    this.redriven = clients.names().redriven();
    this.poisonRecords = poisonRecords;
    this.consumers =
        new DefaultKafkaConsumerFactory<>(
            clients.consumer(FeedClient.READER, name.replaceFirst("^muster-", "")),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    this.progress = new ConsumerProgress(name, InstantSource.system(), meters);
    StoppedConsumers.watch(name, meters, stopped::get);
    this.undecodable = meters.counter("muster.records.undecodable", "topic", topic);
    this.unreadable = new UnreadableRecords(name, meters, consumers::createConsumer);
  }

  /// Reads one record.
  ///
  /// @return empty if the record is not for this reader
  /// @throws RuntimeException if it is broken; it then goes to the dead letters
  protected abstract Optional<T> decode(ConsumerRecord<byte[], byte[]> record);

  /// Hands over what was read.
  protected abstract void deliver(List<Read<T>> batch);

  /// Hands over, from elsewhere, what a partition has from the last record that was handed over on:
  /// some of it cannot be read, and is passed over. A reader that can do without does nothing.
  ///
  /// @param partitions how many the topic has
  protected void deliverMissed(int partition, int partitions) {}

  /// A record and what it says.
  ///
  /// @param letter why it comes again; null if it comes for the first time
  protected record Read<T>(
      ConsumerRecord<byte[], byte[]> record, T value, @Nullable PoisonRecord letter) {}

  /// The values of a record's headers, by their names.
  protected static Function<String, byte @Nullable []> headers(
      ConsumerRecord<byte[], byte[]> record) {
    return name -> {
      var header = record.headers().lastHeader(name);
      return header == null ? null : header.value();
    };
  }

  /// Hands each to one listener, so that what fails in it is neither the reader's nor the next
  /// listener's business: it goes to the dead letters, as that listener's.
  ///
  /// @param who what the listener is called
  /// @param takesRedriven whether the listener wants what it could not take before
  protected final void tell(
      String who, boolean takesRedriven, List<Read<T>> batch, java.util.function.Consumer<T> call) {
    for (var read : batch) {
      var letter = read.letter();
      if (letter != null && !(takesRedriven && letter.isFor(name, who))) {
        continue;
      }
      try {
        call.accept(read.value());
      } catch (RuntimeException e) {
        poisonRecords.add(read.record(), name + "/" + who, e);
      }
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
    try {
      read();
      stopped.set(false);
    } catch (RuntimeException e) {
      stopped.set(StoppedConsumers.isForGood(e));
      if (unreadable.isHopelessAfter(e)) {
        passOver();
      }
      throw e;
    }
  }

  /// What is missed is handed over before it counts as read.
  private void passOver() {
    var partitions = positions.keySet().stream().filter(p -> p.topic().equals(topic)).count();
    unreadable.passOver(
        positions,
        (partition, next) -> {
          if (partition.topic().equals(topic)) {
            deliverMissed(partition.partition(), Math.toIntExact(partitions));
          }
          positions.put(partition, next);
        });
  }

  private void read() {
    var current = consumer;
    if (current == null) {
      current = consumers.createConsumer();
      consumer = current;
      resume(current);
    }
    var records = current.poll(POLL);
    if (records.isEmpty()) {
      progress.ends(records, current);
      silence(current);
      return;
    }
    silentPolls = 0;
    progress.begins(records);
    var batch = decoded(records);
    records.nextOffsets().forEach((partition, next) -> positions.put(partition, next.offset()));
    if (!batch.isEmpty()) {
      deliver(batch);
    }
    progress.ends(records, current);
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
    return Stream.of(topic, redriven)
        .flatMap(read -> current.partitionsFor(read, PATIENCE).stream())
        .map(info -> new TopicPartition(info.topic(), info.partition()))
        .toList();
  }

  private List<Read<T>> decoded(ConsumerRecords<byte[], byte[]> records) {
    var batch = new ArrayList<Read<T>>(records.count());
    for (var record : records) {
      var letter =
          record.topic().equals(redriven) ? PoisonRecord.read(record.headers()).orElse(null) : null;
      if (isOurs(record, letter)) {
        decode(record, letter).ifPresent(batch::add);
      }
    }
    return List.copyOf(batch);
  }

  private boolean isOurs(ConsumerRecord<byte[], byte[]> record, @Nullable PoisonRecord letter) {
    return letter == null
        ? record.topic().equals(topic)
        : letter.topic().equals(topic)
            && (letter.group().equals(name) || letter.group().startsWith(name + "/"));
  }

  private Optional<Read<T>> decode(
      ConsumerRecord<byte[], byte[]> record, @Nullable PoisonRecord letter) {
    try {
      return decode(record).map(value -> new Read<>(record, value, letter));
    } catch (RuntimeException e) {
      undecodable.increment();
      poisonRecords.add(record, name, e);
      return Optional.empty();
    }
  }

  @Override
  protected final void reset() {
    if (!isRunning()) {
      stopped.set(false);
    }
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
}
