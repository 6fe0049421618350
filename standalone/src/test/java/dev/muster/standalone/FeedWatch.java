package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.muster.events.Event;
import dev.muster.events.EventCodec;
import dev.muster.events.FeedNames;
import dev.muster.events.id.WorkspaceId;
import dev.muster.standalone.contract.Contract;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.springframework.jdbc.core.simple.JdbcClient;

/// A plain consumer of the feed, as analytics has one: reads every partition from the beginning and
/// keeps what it read, by workspace, in the order in which it came.
final class FeedWatch implements AutoCloseable {
  private final Map<UUID, List<Event>> events = new ConcurrentHashMap<>();
  private final Set<String> undescribed = new ConcurrentSkipListSet<>();
  private final Set<UUID> planted = ConcurrentHashMap.newKeySet();
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Thread thread;
  private volatile boolean open = true;

  FeedWatch(String kafka) {
    var settings = new Properties();
    settings.put("bootstrap.servers", kafka);
    settings.put("isolation.level", "read_committed");
    consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    thread = Thread.ofPlatform().daemon(true).name("feed-watch").start(this::run);
  }

  private void run() {
    try (consumer) {
      var partitions =
          consumer.partitionsFor(FeedNames.DEFAULT.events()).stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      while (open) {
        for (var record : consumer.poll(Duration.ofMillis(200))) {
          EventCodec.decode(
                  name -> {
                    var header = record.headers().lastHeader(name);
                    return header == null ? null : header.value();
                  },
                  record.value())
              .ifPresent(this::add);
        }
      }
    } catch (WakeupException e) {
      open = false;
    }
  }

  private void add(Event event) {
    if (!planted.contains(event.workspace().value())) {
      undescribed.addAll(Contract.errors(event.name(), event.data()));
    }
    events.computeIfAbsent(event.workspace().value(), _ -> new CopyOnWriteArrayList<>()).add(event);
  }

  /// The workspace's events are not all Muster's own: a test writes some that only fill.
  void planted(UUID workspace) {
    planted.add(workspace);
  }

  List<Event> of(UUID workspace) {
    return events.getOrDefault(workspace, List.of());
  }

  /// The names of a task's events, in the order in which they came.
  List<String> story(UUID workspace, UUID task) {
    return of(workspace).stream()
        .filter(e -> e.subject().equals(task))
        .map(e -> e.type().wire())
        .toList();
  }

  /// Waits until Kafka has everything the workspace's log has, and checks what every workspace's
  /// feed must hold.
  List<Event> complete(TestMuster muster, UUID workspace) {
    var read = read(muster.db(), workspace);
    FeedGuarantees.check(new WorkspaceId(workspace), read);
    assertThat(undescribed)
        .as("events of any workspace that their schemas do not describe")
        .isEmpty();
    return read;
  }

  /// Waits until Kafka has everything the workspace's log has: nothing less and nothing twice.
  List<Event> read(JdbcClient db, UUID workspace) {
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> {
          var waiting =
              db.sql("SELECT count(*) FROM outbox WHERE workspace_id = :w").param("w", workspace);
          assertThat(waiting.query(Long.class).single()).isZero();
          var head = db.sql("SELECT position FROM feed_position WHERE workspace_id = :w");
          assertThat(of(workspace))
              .hasSize(head.param("w", workspace).query(Integer.class).optional().orElse(0));
        });
    return of(workspace);
  }

  @Override
  public void close() {
    open = false;
    consumer.wakeup();
    try {
      thread.join(5_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
