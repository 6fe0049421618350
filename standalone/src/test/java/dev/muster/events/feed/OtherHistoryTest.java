package dev.muster.events.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.muster.events.FeedNames;
import dev.muster.standalone.WholeTopic;
import dev.muster.standalone.feed.FeedTools;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Postgres is put back to an earlier time than Kafka, and goes on.
@Tag("faults")
class OtherHistoryTest {
  private static final Duration AT_MOST = Duration.ofSeconds(60);

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void nothingIsToldUntilTheHistoryHasANewNameAndThenAllOfItIs(boolean tasksWereLost)
      throws Exception {
    try (var rig = FeedRig.start()) {
      var tasks = new HotTasks(rig);
      tasks.changeEachOnce();
      rig.publishAll();
      keep(rig);
      tasks.changeEachOnce();
      if (tasksWereLost) {
        new HotTasks(rig).changeEachOnce();
      }
      rig.publishAll();
      var before = epochs(rig, FeedNames.DEFAULT.events());
      var states = epochs(rig, FeedNames.DEFAULT.tasks());
      putBack(rig);
      // More than were lost: the numbers alone say nothing any more.
      for (var i = 0; i < 4; i++) {
        tasks.changeEachOnce();
      }

      staysSilent(rig, before, states);
      staysSilent(rig, before, states);

      assertThat(FeedTools.newEpoch(environment(rig), new String[0])).isZero();
      rig.publishAll();
      var epoch = new FeedLog(rig.db()).epoch();
      var after = epochs(rig, FeedNames.DEFAULT.events());
      assertThat(before).hasSizeGreaterThan(1).doesNotContain(epoch);
      assertThat(after.stream().filter(epoch::equals)).hasSize(head(rig));
      assertThat(FeedTools.verify(environment(rig), new String[] {"--wait=10"})).isZero();

      // It goes on under its new name, also with another publisher.
      tasks.changeEachOnce();
      rig.publishAll();
      assertThat(FeedTools.verify(environment(rig), new String[] {"--wait=10"})).isZero();
    }
  }

  @Test
  void aTopicOfAnotherDatabaseIsLeftAlone() throws Exception {
    try (var rig = FeedRig.start()) {
      var tasks = new HotTasks(rig);
      tasks.changeEachOnce();
      rig.publishAll();
      rig.db().sql("UPDATE feed SET epoch = 'other'").update();
      tasks.changeEachOnce();

      staysSilent(
          rig, epochs(rig, FeedNames.DEFAULT.events()), epochs(rig, FeedNames.DEFAULT.tasks()));
    }
  }

  /// Lets the feed's loops try for a while.
  private static void staysSilent(FeedRig rig, List<String> events, List<String> states) {
    try (var parts = FeedParts.of(rig.jdbcUrl(), rig.kafka(), "tries", UnaryOperator.identity())) {
      parts.start();
      await()
          .atMost(AT_MOST)
          .until(() ->
              !rig.db().sql("SELECT EXISTS (SELECT FROM outbox)").query(Boolean.class).single());
      await()
          .during(Duration.ofSeconds(4))
          .atMost(AT_MOST)
          .untilAsserted(() -> {
            assertThat(epochs(rig, FeedNames.DEFAULT.events())).hasSameSizeAs(events);
            assertThat(epochs(rig, FeedNames.DEFAULT.tasks())).hasSameSizeAs(states);
          });
    }
  }

  /// The epoch of each record.
  private static List<String> epochs(FeedRig rig, String topic) {
    var epochs = new ArrayList<String>();
    WholeTopic.read(
        rig.kafka(),
        topic,
        new StringDeserializer(),
        record ->
            epochs.add(
                new String(
                    record.headers().lastHeader("ce_epoch").value(), StandardCharsets.UTF_8)));
    return epochs;
  }

  private static int head(FeedRig rig) {
    return rig.db().sql("SELECT head FROM feed").query(Integer.class).single();
  }

  private static Map<String, String> environment(FeedRig rig) {
    return Map.of(
        "SPRING_DATASOURCE_URL", rig.jdbcUrl(),
        "SPRING_KAFKA_BOOTSTRAP_SERVERS", rig.kafka());
  }

  private static void keep(FeedRig rig) {
    run(
        rig,
        """
        CREATE SCHEMA kept;
        CREATE TABLE kept.event_log AS TABLE event_log;
        CREATE TABLE kept.feed AS TABLE feed;
        CREATE TABLE kept.feed_position AS TABLE feed_position;
        CREATE TABLE kept.feed_published AS TABLE feed_published;
        CREATE TABLE kept.feed_task_table AS TABLE feed_task_table;
        CREATE TABLE kept.task AS TABLE task;
        """);
  }

  private static void putBack(FeedRig rig) {
    run(
        rig,
        """
        TRUNCATE event_log, feed_position;
        INSERT INTO event_log SELECT * FROM kept.event_log;
        INSERT INTO feed_position SELECT * FROM kept.feed_position;
        UPDATE feed SET head = (SELECT head FROM kept.feed);
        UPDATE feed_published SET log_id = (SELECT log_id FROM kept.feed_published);
        UPDATE feed_task_table SET log_id = (SELECT log_id FROM kept.feed_task_table);
        ALTER TABLE task DISABLE TRIGGER USER;
        UPDATE task SET event_seq = k.event_seq FROM kept.task AS k WHERE k.id = task.id;
        DELETE FROM task WHERE id NOT IN (SELECT id FROM kept.task);
        ALTER TABLE task ENABLE TRIGGER USER;
        """);
  }

  private static void run(FeedRig rig, String statements) {
    for (var statement : statements.split(";\n", -1)) {
      if (!statement.isBlank()) {
        rig.db().sql(statement).update();
      }
    }
  }
}
