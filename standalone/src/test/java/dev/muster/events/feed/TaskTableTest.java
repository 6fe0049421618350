package dev.muster.events.feed;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.muster.events.FeedNames;
import dev.muster.events.feed.StandStill.Point;
import dev.muster.standalone.WholeTopic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;

/// `muster.tasks` ends with each task's latest state, whoever wrote it and whatever happened to
/// them.
class TaskTableTest {
  private static final Duration AT_MOST = Duration.ofSeconds(60);

  /// A writer stands still, loses its place to another that writes later states, and goes on.
  @Test
  void noOlderStateComesBehindANewerOne() throws Exception {
    try (var rig = FeedRig.start()) {
      var work = new HotTasks(rig);
      for (var point :
          List.of(
              Point.before("initTransactions", 1),
              Point.after("initTransactions", 1),
              Point.after("beginTransaction", 1),
              Point.after("send", 5),
              Point.before("commitTransaction", 1),
              Point.after("commitTransaction", 1))) {
        haunt(rig, work, point, UnaryOperator.identity());
        assertThat(states(rig).values()).as("%s", point).allSatisfy(TaskTableTest::onlyGrows);
      }
    }
  }

  @Test
  void withoutTheFenceAnOlderStateComesBack() throws Exception {
    try (var rig = FeedRig.start()) {
      var work = new HotTasks(rig);

      haunt(rig, work, Point.after("send", 5), Unfenced.of(rig.kafka()));

      assertThat(states(rig).values())
          .anySatisfy(states ->
              assertThat(states.getLast()).isLessThan(states.stream().max(Long::compare).get()));
    }
  }

  @Test
  void statesThatWereOvertakenAreLeftOutAndTheLastIsThere() throws Exception {
    try (var rig = FeedRig.start()) {
      var work = new HotTasks(rig);
      for (var i = 0; i < 20; i++) {
        work.changeEachOnce();
      }
      try (var parts = parts(rig, "relay", UnaryOperator.identity())) {
        parts.relay().move();
        parts.tasks().start();
        awaitTable(rig);
      }

      assertThat(states(rig))
          .hasSize(work.tasks().size())
          .allSatisfy(
              (task, states) -> assertThat(states).containsExactly(work.expected().get(task)));
    }
  }

  private static void haunt(
      FeedRig rig, HotTasks work, Point point, UnaryOperator<Producer<byte[], byte[]>> around) {
    var stop = new StandStill(point);
    try (var zombie = parts(rig, "zombie", p -> stop.around(around.apply(p)));
        var successor = parts(rig, "successor", around)) {
      work.changeEachOnce();
      zombie.relay().move();
      zombie.tasks().start();
      await().atMost(AT_MOST).until(stop::isReached);
      work.changeEachOnce();
      successor.relay().move();
      rig.cutOff("zombie");
      successor.tasks().start();
      awaitTable(rig);
      stop.release();
      await().atMost(AT_MOST).until(stop::isClosed);
    }
  }

  private static FeedParts parts(
      FeedRig rig, String name, UnaryOperator<Producer<byte[], byte[]>> around) {
    return FeedParts.of(rig.jdbcUrl(), rig.kafka(), name, around);
  }

  private static void awaitTable(FeedRig rig) {
    await()
        .atMost(AT_MOST)
        .until(() ->
            rig.db()
                .sql("SELECT head = log_id FROM feed, feed_task_table")
                .query(Boolean.class)
                .single());
  }

  private static void onlyGrows(List<Long> states) {
    assertThat(states).isSorted();
  }

  /// The sequence numbers of each task's states, as they were written.
  private static Map<UUID, List<Long>> states(FeedRig rig) {
    var states = new HashMap<UUID, List<Long>>();
    WholeTopic.read(
        rig.kafka(),
        FeedNames.DEFAULT.tasks(),
        new StringDeserializer(),
        record ->
            states
                .computeIfAbsent(UUID.fromString(record.key()), _ -> new ArrayList<>())
                .add(
                    Long.valueOf(
                        new String(record.headers().lastHeader("ce_sequence").value(), UTF_8))));
    return states;
  }
}
