package dev.muster.events.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.muster.events.feed.FeedAudit.Broken;
import dev.muster.events.feed.StandStill.Point;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.producer.Producer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// A publisher stands still between any two of its calls to Kafka, loses its place to another, and
/// then goes on as if nothing had happened.
@Tag("faults")
class ZombieTest {
  /// The places in a publisher's way from its start to the end of its first batch.
  private static final List<Point> POINTS =
      List.of(
          Point.before("initTransactions", 1),
          Point.after("initTransactions", 1),
          Point.after("initTransactions", 2),
          Point.before("beginTransaction", 1),
          Point.after("beginTransaction", 1),
          Point.after("send", 1),
          Point.after("send", 7),
          Point.before("commitTransaction", 1),
          Point.after("commitTransaction", 1));

  private static final Duration AT_MOST = Duration.ofSeconds(60);

  @Test
  void nothingIsReadOfAZombieWhereverItStood() throws Exception {
    try (var rig = FeedRig.start()) {
      var work = new HotTasks(rig);
      for (var point : POINTS) {
        haunt(rig, work, point, UnaryOperator.identity());
      }

      var audit = FeedAudit.read(rig.kafka());
      assertThat(audit.broken(work.expected())).isEqualTo(Broken.NEVER);
    }
  }

  @Test
  void withoutTheFenceItWritesAgainWhatIsThere() throws Exception {
    try (var rig = FeedRig.start()) {
      var work = new HotTasks(rig);

      haunt(rig, work, Point.after("send", 7), Unfenced.of(rig.kafka()));

      var broken = FeedAudit.read(rig.kafka()).broken(work.expected());
      System.out.println("Without the fence: " + broken);
      assertThat(broken.doubled()).isPositive();
    }
  }

  private static void haunt(
      FeedRig rig, HotTasks work, Point point, UnaryOperator<Producer<byte[], byte[]>> around) {
    var stop = new StandStill(point);
    try (var zombie =
            FeedParts.of(rig.jdbcUrl(), rig.kafka(), "zombie", p -> stop.around(around.apply(p)));
        var successor = FeedParts.of(rig.jdbcUrl(), rig.kafka(), "successor", around)) {
      work.changeEachOnce();
      zombie.relay().move();
      zombie.publisher().start();
      await().atMost(AT_MOST).until(stop::isReached);
      rig.cutOff("zombie");
      successor.publisher().start();
      awaitAll(rig, work);
      stop.release();
      await().atMost(AT_MOST).until(stop::isClosed);
      work.changeEachOnce();
      successor.relay().move();
      awaitAll(rig, work);
    }
  }

  /// At least as much as there is must be told; more, and in what order, is checked in the end.
  private static void awaitAll(FeedRig rig, HotTasks work) {
    var expected = work.expected().values().stream().mapToLong(seq -> seq).sum();
    await().atMost(AT_MOST).until(() -> FeedAudit.read(rig.kafka()).events() >= expected);
  }
}
