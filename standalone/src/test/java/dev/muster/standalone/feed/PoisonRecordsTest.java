package dev.muster.standalone.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.muster.api.feed.ReaderLetters;
import dev.muster.events.Event;
import dev.muster.events.EventType;
import dev.muster.events.FeedNames;
import dev.muster.events.feed.FeedRecords;
import dev.muster.events.feed.FeedRig;
import dev.muster.events.feed.PoisonRecord;
import dev.muster.events.id.WorkspaceId;
import dev.muster.standalone.Applications;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Poison records of our own consumers: what follows is not held up, they are kept with all that is
/// known of them, and go back to those alone who could not take them.
@Tag("faults")
class PoisonRecordsTest {
  private static final Duration AT_MOST = Duration.ofSeconds(60);
  private static final String TOKEN = "mul_" + "0123456789".repeat(4);
  private FeedRig rig = started();

  private static FeedRig started() {
    try {
      return FeedRig.start();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @BeforeEach
  void nothingIsThere() {
    assertThat(letters()).isEmpty();
  }

  @AfterEach
  void stop() throws Exception {
    rig.close();
  }

  @Test
  void whatNobodyCanReadGoesToThePoisonRecordsOfEachAndWhatFollowsIsTaken() {
    try (var dispatcher = Applications.dispatcher(rig.jdbcUrl(), rig.kafka());
        var api = Applications.api(rig.jdbcUrl(), rig.kafka(), TOKEN, "--server.port=0");
        var reader = new ReaderLetters(rig.db(), rig.clients())) {
      assertThat(api.isRunning() && dispatcher.isRunning()).isTrue();
      reader.mend();
      var poison = record(event(1));
      poison.headers().remove("ce_type").remove("ce_position");
      write(poison);
      write(record(event(2)));

      await().atMost(AT_MOST).until(() -> reader.sound().contains("agent.created 2"));
      awaitGroups("muster-dispatcher", "muster-feed-reader");
      for (var record : letters()) {
        var letter = PoisonRecord.read(record.headers()).orElseThrow();
        assertThat(letter.topic()).isEqualTo(FeedNames.DEFAULT.events());
        assertThat(letter.offset()).isZero();
        assertThat(letter.attempt()).isEqualTo(1);
        assertThat(letter.exception()).startsWith("java.lang.IllegalArgumentException: ");
        assertThat(record.key()).isEqualTo(poison.key());
        assertThat(record.value()).isEqualTo(poison.value());
        assertThat(record.headers().lastHeader("ce_id")).isNotNull();
      }

      // It cannot be read the second time either, and is a letter again.
      assertThat(redrive()).isZero();
      await()
          .atMost(AT_MOST)
          .until(() ->
              attempts("muster-dispatcher").contains(2)
                  && attempts("muster-feed-reader").contains(2));
    }
  }

  @Test
  void aLetterGoesBackToTheListenerThatFailedAndToNobodyElse() {
    try (var reader = new ReaderLetters(rig.db(), rig.clients())) {
      for (var position = 1; position <= 3; position++) {
        write(record(event(position)));
      }
      await().atMost(AT_MOST).until(() -> reader.sound().size() == 3);
      await().atMost(AT_MOST).until(() -> reader.mended().size() == 2);
      awaitGroups("muster-feed-reader/Mended");
      assertThat(PoisonRecord.read(letters().getFirst().headers()).orElseThrow().exception())
          .isEqualTo("java.lang.IllegalStateException: position 2 is poison");

      reader.mend();
      assertThat(redrive("--list")).isZero();
      assertThat(redrive("--group=muster-dispatcher")).isZero();
      assertThat(reader.mended()).hasSize(2);
      assertThat(redrive()).isZero();
      assertThat(redrive()).isZero();
      write(record(event(4)));

      await()
          .atMost(AT_MOST)
          .until(() -> reader.mended().size() == 4 && reader.sound().size() == 4);
      assertThat(reader.mended())
          .containsExactlyInAnyOrder(
              "agent.created 1", "agent.created 2", "agent.created 3", "agent.created 4");
      assertThat(reader.sound())
          .containsExactly(
              "agent.created 1", "agent.created 2", "agent.created 3", "agent.created 4");
      assertThat(records(FeedNames.DEFAULT.redriven())).hasSize(1);
      assertThat(records(FeedNames.DEFAULT.events())).hasSize(4);
    }
  }

  private final WorkspaceId workspace = new WorkspaceId(UUID.randomUUID());

  private Event event(long position) {
    return new Event(
        workspace, position, EventType.AGENT_CREATED, UUID.randomUUID(), null, Instant.EPOCH, "{}");
  }

  private static ProducerRecord<byte[], byte[]> record(Event event) {
    return new FeedRecords(FeedNames.DEFAULT.events(), 12, "e1").of(event, Instant.EPOCH);
  }

  private void write(ProducerRecord<byte[], byte[]> record) {
    try (var producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", rig.kafka()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      var _ = producer.send(record);
    }
  }

  private int redrive(String... arguments) {
    return FeedTools.redrive(
        Map.of(
            "SPRING_DATASOURCE_URL", rig.jdbcUrl(),
            "SPRING_KAFKA_BOOTSTRAP_SERVERS", rig.kafka()),
        arguments);
  }

  private void awaitGroups(String... groups) {
    await()
        .atMost(AT_MOST)
        .untilAsserted(() -> {
          var seen = new TreeSet<String>();
          letters()
              .forEach(
                  record -> seen.add(PoisonRecord.read(record.headers()).orElseThrow().group()));
          assertThat(seen).containsExactly(groups);
        });
  }

  private List<Integer> attempts(String group) {
    return letters().stream()
        .map(record -> PoisonRecord.read(record.headers()).orElseThrow())
        .filter(letter -> letter.group().equals(group))
        .map(PoisonRecord::attempt)
        .toList();
  }

  private List<ConsumerRecord<byte[], byte[]>> letters() {
    return records(FeedNames.DEFAULT.deadLetters());
  }

  private List<ConsumerRecord<byte[], byte[]>> records(String topic) {
    var records = new ArrayList<ConsumerRecord<byte[], byte[]>>();
    new TopicScan(rig.clients(), Duration.ZERO).read(topic, records::add, () -> true);
    return records;
  }
}
