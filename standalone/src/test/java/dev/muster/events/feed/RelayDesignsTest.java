package dev.muster.events.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.muster.events.feed.FeedAudit.Broken;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Why the relay is as it is: the designs that look simpler read the same commits beside it, and
/// each of them loses or reorders some.
@Tag("faults")
class RelayDesignsTest {
  private static final int COMMITS = Integer.getInteger("muster.test.commits", 3_000);
  private static final Duration AT_MOST = Duration.ofSeconds(60);

  private final long seed = Long.getLong("muster.test.seed", System.nanoTime());

  @Test
  void theNaiveRelaysLoseOrReorderWhatOursTellsOnceAndInOrder() throws Exception {
    System.out.println("RelayDesignsTest seed " + seed);
    try (var rig = FeedRig.start();
        var pool = FeedRig.pool(rig.jdbcUrl(), "naive", 8);
        var one = FeedParts.of(rig.jdbcUrl(), rig.kafka(), "one", UnaryOperator.identity());
        var other = FeedParts.of(rig.jdbcUrl(), rig.kafka(), "other", UnaryOperator.identity())) {
      NaiveRelay.makeCopies(rig);
      var skipLocked = NaiveRelay.skipLocked(pool, 3);
      var naive =
          List.of(
              NaiveRelay.idWatermark(pool),
              NaiveRelay.xidWatermark(pool),
              NaiveRelay.horizon(pool),
              skipLocked.getFirst());
      var loops = new ArrayList<Loop>(naive);
      loops.addAll(skipLocked.subList(1, skipLocked.size()));
      loops.addAll(List.of(one.relay(), other.relay()));
      var work = new HotTasks(rig);
      loops.forEach(Loop::start);
      one.wakeAlways();
      other.wakeAlways();

      work.change(
          seed,
          NaiveRelay.LEAVE,
          () -> work.committed() >= COMMITS && naive.stream().allMatch(NaiveRelay::isSurprised));

      var expected = work.expected();
      var events = expected.values().stream().mapToInt(Long::intValue).sum();
      await().atMost(AT_MOST).until(() -> isRead(rig, events));
      loops.forEach(Loop::stop);
      System.out.println(work.committed() + " commits");
      for (var relay : naive) {
        System.out.printf("  %-36s %s%n", relay.design(), relay.broken(expected));
        assertThat(relay.broken(expected)).as(relay.design()).isNotEqualTo(Broken.NEVER);
      }
      var ours = told(rig).broken(expected);
      System.out.printf("  %-36s %s%n", "ours", ours);
      assertThat(ours).isEqualTo(Broken.NEVER);
    }
  }

  private static boolean isRead(FeedRig rig, int events) {
    return rig.db()
        .sql(
            """
            SELECT (SELECT count(*) FROM event_log) = :events
                   AND NOT EXISTS (SELECT FROM horizon) AND NOT EXISTS (SELECT FROM skip_locked)
            """)
        .param("events", events)
        .query(Boolean.class)
        .single();
  }

  private static FeedAudit told(FeedRig rig) {
    var audit = new FeedAudit(new HashMap<>(), new HashMap<>());
    rig.db()
        .sql("SELECT subject_id, seq, workspace_id, position FROM event_log ORDER BY log_id")
        .query(row -> {
          audit
              .tasks()
              .computeIfAbsent(row.getObject("subject_id", UUID.class), _ -> new ArrayList<>())
              .add(row.getLong("seq"));
          audit
              .workspaces()
              .computeIfAbsent(row.getString("workspace_id"), _ -> new ArrayList<>())
              .add(row.getLong("position"));
        });
    return audit;
  }
}
