package dev.muster.events.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.muster.events.id.WorkspaceId;
import dev.muster.standalone.feed.FeedTools;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/// The log forgets its beginning when it is told to, and nothing else.
@Tag("faults")
class RetentionTest {
  @Test
  void whatKafkaHasAndIsOldEnoughIsDroppedAndTheFeedIsStillWhole() throws Exception {
    try (var rig = FeedRig.start()) {
      var tasks = new HotTasks(rig);
      tasks.changeEachOnce();
      rig.publishAll();
      var published = number(rig, "SELECT log_id FROM feed_published");
      age(rig, published - 3);
      var log = new FeedLog(rig.db());
      var workspace =
          new WorkspaceId(
              rig.db()
                  .sql("SELECT workspace_id FROM event_log WHERE log_id = 1")
                  .query(UUID.class)
                  .single());
      assertThat(log.oldest(workspace)).isEqualTo(1);

      assertThat(drop(rig)).isEqualTo(published - 3);
      assertThat(drop(rig)).isZero();

      assertThat(log.dropped()).isEqualTo(published - 3);
      assertThat(number(rig, "SELECT count(*) FROM event_log")).isEqualTo(3);
      assertThat(log.oldest(workspace))
          .isEqualTo(
              number(
                  rig,
                  "SELECT coalesce((SELECT min(position) FROM event_log WHERE workspace_id = '"
                      + workspace
                      + "'), (SELECT position + 1 FROM feed_position WHERE workspace_id = '"
                      + workspace
                      + "'))"))
          .isGreaterThan(1);
      assertThat(verify(rig)).isZero();

      // It goes on after what was dropped, also with a new publisher.
      tasks.changeEachOnce();
      rig.publishAll();
      assertThat(verify(rig)).isZero();
    }
  }

  @Test
  void whatIsNotPublishedStays() throws Exception {
    try (var rig = FeedRig.start()) {
      var tasks = new HotTasks(rig);
      tasks.changeEachOnce();
      rig.publishAll();
      var published = number(rig, "SELECT log_id FROM feed_published");
      tasks.changeEachOnce();
      moveOnly(rig);
      var head = number(rig, "SELECT head FROM feed");
      age(rig, head);

      assertThat(drop(rig)).isEqualTo(published);
      assertThat(number(rig, "SELECT min(log_id) FROM event_log")).isEqualTo(published + 1);
      assertThat(number(rig, "SELECT count(*) FROM event_log")).isEqualTo(head - published);

      rig.publishAll();
      assertThat(verify(rig)).isZero();
      assertThat(drop(rig)).isEqualTo(head - published);
      assertThat(verify(rig)).isZero();
    }
  }

  /// A row that somebody deleted behind the beginning is a loss all the same.
  @Test
  void aGapBehindWhatWasDroppedIsFound() throws Exception {
    try (var rig = FeedRig.start()) {
      new HotTasks(rig).changeEachOnce();
      rig.publishAll();
      age(rig, 4);
      assertThat(drop(rig)).isEqualTo(4);
      rig.db().sql("DELETE FROM event_log WHERE log_id = 5").update();

      assertThat(verify(rig)).isEqualTo(1);
    }
  }

  private static int drop(FeedRig rig) {
    try (var pool = FeedRig.pool(rig.jdbcUrl(), "retention", 1)) {
      return new Retention(
              JdbcClient.create(pool),
              new TransactionTemplate(new JdbcTransactionManager(pool)),
              Duration.ofDays(30))
          .drop();
    }
  }

  private static void age(FeedRig rig, long upTo) {
    rig.db()
        .sql(
            "UPDATE event_log SET occurred_at = occurred_at - interval '31 days' WHERE log_id <= :up_to")
        .param("up_to", upTo)
        .update();
  }

  private static long number(FeedRig rig, String sql) {
    return rig.db().sql(sql).query(Long.class).single();
  }

  private static int verify(FeedRig rig) {
    return FeedTools.verify(
        Map.of(
            "SPRING_DATASOURCE_URL", rig.jdbcUrl(),
            "SPRING_KAFKA_BOOTSTRAP_SERVERS", rig.kafka()),
        new String[] {"--wait=10"});
  }

  private static void moveOnly(FeedRig rig) {
    try (var parts = FeedParts.of(rig.jdbcUrl(), rig.kafka(), "relay", UnaryOperator.identity())) {
      parts.relay().start();
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> number(rig, "SELECT count(*) FROM outbox") == 0);
    }
  }
}
