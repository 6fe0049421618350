package dev.muster.events.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.muster.api.feed.ReaderLetters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/// The gauges say where the feed stands, and how far a consumer is behind.
class FeedMetricsTest {
  private static final Duration AT_MOST = Duration.ofSeconds(60);
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  @Test
  void theOutboxGrowsOldUntilARelayAndAPublisherWork() throws Exception {
    try (var rig = FeedRig.start()) {
      var pool = FeedRig.pool(rig.jdbcUrl(), "gauges", 1);
      var metrics = new FeedMetrics(JdbcClient.create(pool));
      metrics.bindTo(meters);
      var tasks = new HotTasks(rig);
      tasks.changeEachOnce();
      await()
          .atMost(AT_MOST)
          .until(() ->
              gauge("muster.feed.outbox.depth") >= tasks.tasks().size()
                  && gauge("muster.feed.outbox.age") > 0);
      assertThat(gauge("muster.feed.published")).isZero();

      try (var parts =
          FeedParts.of(rig.jdbcUrl(), rig.kafka(), "gauged", UnaryOperator.identity())) {
        parts.relay().start();
        parts.publisher().start();
        await()
            .atMost(AT_MOST)
            .until(() ->
                gauge("muster.feed.outbox.depth") == 0
                    && gauge("muster.feed.outbox.age") == 0
                    && gauge("muster.feed.head") >= tasks.tasks().size()
                    && gauge("muster.feed.published") == gauge("muster.feed.head"));
      }
      pool.close();
      await().atMost(AT_MOST).until(() -> Double.isNaN(gauge("muster.feed.head")));
      assertThat(metrics).isNotNull();
    }
  }

  @Test
  void aConsumerThatIsStuckGrowsOlderAndIsBehind() throws Exception {
    try (var rig = FeedRig.start();
        var reader = new ReaderLetters(rig.db(), rig.clients())) {
      reader.mend();
      var tasks = new HotTasks(rig);
      try (var held = reader.hold();
          var parts =
              FeedParts.of(rig.jdbcUrl(), rig.kafka(), "gauged", UnaryOperator.identity())) {
        tasks.changeEachOnce();
        parts.relay().start();
        parts.publisher().start();
        await().atMost(AT_MOST).until(() -> reader.gauge("muster.consumer.age") > 1);
        assertThat(reader.gauge("muster.consumer.lag")).isPositive();
        assertThat(held).isNotNull();
      }
      await()
          .atMost(AT_MOST)
          .until(() ->
              reader.gauge("muster.consumer.lag") == 0 && reader.gauge("muster.consumer.age") == 0);
      assertThat(reader.sound()).isNotEmpty();
    }
  }

  private double gauge(String name) {
    return meters.get(name).gauge().value();
  }
}
