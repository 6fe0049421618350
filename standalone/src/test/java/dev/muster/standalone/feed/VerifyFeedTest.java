package dev.muster.standalone.feed;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.muster.events.Event;
import dev.muster.events.FeedNames;
import dev.muster.events.feed.FeedLog;
import dev.muster.events.feed.FeedParts;
import dev.muster.events.feed.FeedRecords;
import dev.muster.events.feed.FeedRig;
import dev.muster.events.feed.HotTasks;
import dev.muster.standalone.feed.Findings.Promise;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// A feed that is as it should be, and one thing wrong with it at a time. What is planted stays
/// planted, so what is counted is what each test adds.
@Tag("faults")
class VerifyFeedTest {
  private static final Duration AT_MOST = Duration.ofSeconds(60);
  private static FeedRig rig;
  private static HotTasks work;

  /// What was found when it was last looked: nothing is planted after that in a test.
  private static Findings last = new Findings(FeedNames.DEFAULT);

  private Findings before = new Findings(FeedNames.DEFAULT);

  static {
    try {
      rig = FeedRig.start();
      work = new HotTasks(rig);
    } catch (Exception e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  @BeforeAll
  static void publishSome() {
    try (var parts = publishing()) {
      work.changeEachOnce();
      work.changeEachOnce();
      awaitPublished(parts);
    }
    var _ = verify();
  }

  @AfterAll
  static void stop() throws Exception {
    rig.close();
  }

  @BeforeEach
  void lookBefore() {
    before = last;
  }

  private static FeedParts publishing() {
    var parts = FeedParts.of(rig.jdbcUrl(), rig.kafka(), "publishing", UnaryOperator.identity());
    parts.start();
    return parts;
  }

  private static void awaitPublished(FeedParts parts) {
    rig.awaitPublished();
    assertThat(parts.publisher().isRunning()).isTrue();
  }

  private static Findings verify() {
    Map<String, String> environment =
        Map.of(
            "SPRING_DATASOURCE_URL", rig.jdbcUrl(),
            "SPRING_KAFKA_BOOTSTRAP_SERVERS", rig.kafka());
    try (var connections =
        FeedConnections.open(
            Path.of("none"), name -> Optional.ofNullable(environment.get(name)), new String[0])) {
      var findings = FeedTools.verify(connections, Duration.ofSeconds(1));
      System.out.println(findings.report());
      last = findings;
      return findings;
    }
  }

  private long added(Promise promise) {
    return verify().broken(promise) - before.broken(promise);
  }

  private static List<FeedLog.Entry> log() {
    return new FeedLog(rig.db()).afterLogId(0, 1_000, 1 << 26);
  }

  private static FeedRecords feedRecords(String topic) {
    return new FeedRecords(topic, 12, new FeedLog(rig.db()).epoch());
  }

  private static void write(FeedLog.Entry... entries) {
    try (var producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", rig.kafka()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (var entry : entries) {
        var _ =
            producer.send(feedRecords(FeedNames.DEFAULT.events()).of(entry.event(), Instant.now()));
      }
    }
  }

  @Test
  void aFeedThatIsAsItShouldBeIsFoundSo() throws Exception {
    try (var other = FeedRig.start()) {
      var tasks = new HotTasks(other);
      try (var parts =
          FeedParts.of(other.jdbcUrl(), other.kafka(), "clean", UnaryOperator.identity())) {
        tasks.changeEachOnce();
        parts.start();
        var code =
            FeedTools.verify(
                Map.of(
                    "SPRING_DATASOURCE_URL", other.jdbcUrl(),
                    "SPRING_KAFKA_BOOTSTRAP_SERVERS", other.kafka()),
                new String[] {"--wait=30"});

        assertThat(code).isZero();
      }
    }
  }

  @Test
  void aDeletedOutboxRowIsFound() {
    rig.db()
        .sql(
            """
            WITH moved AS (UPDATE task SET event_seq = event_seq + 1 WHERE id = :task RETURNING task AS t)
            INSERT INTO outbox (workspace_id, type, subject_id, seq, data)
            SELECT (t).workspace_id, 'task.assigned', (t).id, (t).event_seq, task_event(t) FROM moved
            """)
        .param("task", work.tasks().get(0))
        .update();
    rig.db().sql("DELETE FROM outbox").update();

    assertThat(added(Promise.STATES)).isEqualTo(1);
  }

  /// Whoever deletes rows by hand has told so by that alone; what is wrong is a task that is told
  /// to be deleted and has its last state in the table of tasks all the same.
  @Test
  void aDeletedTaskIsAsItShouldBeUntilItsTombstoneIsMissing() {
    var task = work.tasks().get(5);
    rig.db().sql("DELETE FROM task WHERE id = :task").param("task", task).update();
    try (var parts = publishing()) {
      awaitPublished(parts);
    }
    var after = verify();
    for (var promise : Promise.values()) {
      assertThat(after.broken(promise)).as("%s", promise).isEqualTo(before.broken(promise));
    }
    var environment =
        Map.of(
            "SPRING_DATASOURCE_URL", rig.jdbcUrl(),
            "SPRING_KAFKA_BOOTSTRAP_SERVERS", rig.kafka());
    assertThat(FeedTools.rebuild(environment, new String[] {"--topic=with-deletion"})).isZero();
    assertThat(records("with-deletion").values())
        .anyMatch(record ->
            record.contains("dev.muster.task.deleted") && record.contains(task.toString()));

    var last =
        log().stream()
            .filter(entry -> entry.event().subject().equals(task))
            .filter(entry -> !entry.event().name().equals("task.deleted"))
            .toList()
            .getLast();
    try (var producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", rig.kafka()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      var record = feedRecords(FeedNames.DEFAULT.tasks()).of(last.event(), Instant.now());
      var _ =
          producer.send(
              new ProducerRecord<>(
                  FeedNames.DEFAULT.tasks(),
                  null,
                  task.toString().getBytes(UTF_8),
                  record.value(),
                  record.headers()));
    }
    assertThat(added(Promise.TASKS)).isEqualTo(1);
  }

  @Test
  void aTaskThatPostgresNeverHadIsFound() {
    var task = UUID.randomUUID();
    try (var producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", rig.kafka()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      var event = log().getFirst().event();
      var stranger =
          new Event(event.workspace(), 99_999, event.name(), task, 1L, event.time(), event.data());
      var record = feedRecords(FeedNames.DEFAULT.tasks()).of(stranger, Instant.now());
      var _ =
          producer.send(
              new ProducerRecord<>(
                  FeedNames.DEFAULT.tasks(),
                  null,
                  task.toString().getBytes(UTF_8),
                  record.value(),
                  record.headers()));
    }

    assertThat(added(Promise.TASKS)).isEqualTo(1);
    assertThat(last.report()).contains(task + " is in muster.tasks, and Postgres knows of none");
  }

  /// What the publisher has yet to bring is not wrong, and nobody can say that it is right.
  @Test
  void whatKafkaDoesNotHaveYetIsNotChecked() throws Exception {
    try (var other = FeedRig.start()) {
      new HotTasks(other).changeEachOnce();
      other.publishAll();
      new HotTasks(other).changeEachOnce();
      try (var parts =
          FeedParts.of(other.jdbcUrl(), other.kafka(), "relay", UnaryOperator.identity())) {
        parts.relay().start();
        await()
            .atMost(AT_MOST)
            .until(() ->
                !other
                    .db()
                    .sql("SELECT EXISTS (SELECT FROM outbox)")
                    .query(Boolean.class)
                    .single());
      }
      Map<String, String> environment =
          Map.of(
              "SPRING_DATASOURCE_URL", other.jdbcUrl(),
              "SPRING_KAFKA_BOOTSTRAP_SERVERS", other.kafka());

      assertThat(FeedTools.verify(environment, new String[] {"--wait=1"})).isEqualTo(2);

      other.db().sql("UPDATE feed_published SET log_id = (SELECT head FROM feed)").update();
      assertThat(FeedTools.verify(environment, new String[] {"--wait=1"})).isEqualTo(1);
    }
  }

  @Test
  void aDoubledRecordIsFound() {
    write(log().get(3));

    assertThat(added(Promise.TOPIC)).isEqualTo(1);
  }

  @Test
  void aSwappedPairIsFound() {
    var more = new HotTasks(rig);
    moveAll();
    var last = log();
    var swapped = last.subList(last.size() - 3, last.size());
    write(
        last.subList(last.size() - more.tasks().size(), last.size() - 3)
            .toArray(FeedLog.Entry[]::new));
    write(swapped.get(1), swapped.get(0), swapped.get(2));
    rig.db().sql("UPDATE feed_published SET log_id = (SELECT head FROM feed)").update();

    var findings = verify();

    assertThat(findings.report()).contains("is missing before it", "behind position");
    assertThat(findings.broken(Promise.TOPIC) - before.broken(Promise.TOPIC)).isEqualTo(2);
  }

  @Test
  void aRangeIsWrittenAgainAsItIsInTheFeed() {
    var environment =
        Map.of(
            "SPRING_DATASOURCE_URL", rig.jdbcUrl(),
            "SPRING_KAFKA_BOOTSTRAP_SERVERS", rig.kafka());

    var code =
        FeedTools.rebuild(environment, new String[] {"--from=3", "--to", "9", "--topic=copy"});

    assertThat(code).isZero();
    var ids = log().subList(2, 9).stream().map(VerifyFeedTest::id).toList();
    assertThat(records("copy").keySet()).containsExactlyInAnyOrderElementsOf(ids);
    assertThat(records(FeedNames.DEFAULT.events())).containsAllEntriesOf(records("copy"));
  }

  @Test
  void aRangeThatEndsBeforeItBeginsIsRefused() {
    var code = FeedTools.rebuild(Map.of(), new String[] {"--from=5", "--to=1", "--topic=copy"});

    assertThat(code).isEqualTo(2);
  }

  private static String id(FeedLog.Entry entry) {
    return entry.event().workspace() + ":" + entry.event().position();
  }

  /// All of each record, by the event's id.
  private static Map<String, String> records(String topic) {
    var records = new HashMap<String, String>();
    new TopicScan(rig.clients(), Duration.ZERO)
        .read(
            topic,
            record -> {
              var headers = new StringBuilder();
              record
                  .headers()
                  .forEach(h -> headers.append(h.key()).append(new String(h.value(), UTF_8)));
              records.put(
                  new String(record.headers().lastHeader("ce_id").value(), UTF_8),
                  new String(record.key(), UTF_8) + headers + new String(record.value(), UTF_8));
            },
            () -> true);
    return records;
  }

  @Test
  void theTopicsOfThePublisherAreNotWrittenAgain() {
    Map<String, String> environment =
        Map.of(
            "SPRING_DATASOURCE_URL", rig.jdbcUrl(),
            "SPRING_KAFKA_BOOTSTRAP_SERVERS", rig.kafka());
    assertThat(
            FeedTools.rebuild(environment, new String[] {"--topic=" + FeedNames.DEFAULT.events()}))
        .isEqualTo(2);
  }

  private static void moveAll() {
    try (var parts = FeedParts.of(rig.jdbcUrl(), rig.kafka(), "relay", UnaryOperator.identity())) {
      parts.relay().start();
      await()
          .atMost(AT_MOST)
          .until(() ->
              !rig.db().sql("SELECT EXISTS (SELECT FROM outbox)").query(Boolean.class).single());
    }
  }

  @Test
  void aChangedFinalStateIsFound() {
    rig.db()
        .sql("UPDATE task SET status = 'failed' WHERE id = :task")
        .param("task", work.tasks().get(1))
        .update();

    assertThat(added(Promise.STATES)).isEqualTo(1);
  }

  @Test
  void aPathThatNoTaskMayGoIsFound() {
    rig.db()
        .sql(
            """
            WITH moved AS (
              UPDATE task SET event_seq = event_seq + 1, status = 'running' WHERE id = :task RETURNING task AS t
            )
            INSERT INTO outbox (workspace_id, type, subject_id, seq, data)
            SELECT (t).workspace_id, 'task.running', (t).id, (t).event_seq, task_event(t) FROM moved
            """)
        .param("task", work.tasks().get(2))
        .update();
    moveAll();

    assertThat(added(Promise.PATHS)).isEqualTo(1);
  }
}
