package dev.muster.events.feed;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.function.ToDoubleFunction;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;

/// Where the feed stands between a change's commit and Kafka, as gauges that any process can show.
/// They are read when somebody asks, once for all of them; with Postgres away they are not a
/// number.
final class FeedMetrics implements MeterBinder {
  private static final Duration FRESH = Duration.ofMillis(500);

  private final JdbcClient db;
  private State state = State.UNKNOWN;
  private long readNanos = System.nanoTime() - FRESH.toNanos();

  /// Where the feed stands.
  private record State(double depth, double ageSeconds, double head, double published) {
    static final State UNKNOWN = new State(Double.NaN, Double.NaN, Double.NaN, Double.NaN);
  }

  FeedMetrics(JdbcClient db) {
    this.db = db;
  }

  @Override
  public void bindTo(MeterRegistry meters) {
    gauge("muster.feed.outbox.depth", "Changes that have no position yet", State::depth)
        .register(meters);
    gauge("muster.feed.outbox.age", "How old the oldest of them is", State::ageSeconds)
        .baseUnit("seconds")
        .register(meters);
    gauge("muster.feed.head", "The last place in the log", State::head).register(meters);
    gauge("muster.feed.published", "The last place that Kafka has", State::published)
        .register(meters);
  }

  private Gauge.Builder<FeedMetrics> gauge(
      String name, String description, ToDoubleFunction<State> value) {
    return Gauge.builder(name, this, metrics -> value.applyAsDouble(metrics.read()))
        .description(description);
  }

  private synchronized State read() {
    var now = System.nanoTime();
    if (now - readNanos >= FRESH.toNanos()) {
      state = query();
      readNanos = now;
    }
    return state;
  }

  /// The depth is counted to 100,000: whoever is behind by more is behind.
  private State query() {
    try {
      return db.sql(
              """
              SELECT (SELECT count(*) FROM (SELECT FROM outbox LIMIT 100000) AS o) AS depth,
                     coalesce((SELECT extract(epoch FROM clock_timestamp() - occurred_at) FROM outbox ORDER BY id LIMIT 1), 0)
                       AS age,
                     (SELECT head FROM feed) AS head, (SELECT log_id FROM feed_published) AS published
              """)
          .query((row, _) ->
              new State(row.getDouble(1), row.getDouble(2), row.getDouble(3), row.getDouble(4)))
          .single();
    } catch (DataAccessException e) {
      return State.UNKNOWN;
    }
  }
}
