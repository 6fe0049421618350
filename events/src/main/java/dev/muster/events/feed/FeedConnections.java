package dev.muster.events.feed;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/// Connections to Postgres for the relay and the writers to Kafka, which requests cannot use up:
/// however many reads are slow, committed changes reach Kafka.
///
/// Not a [DataSource] of the context, of which there is one, for everybody else.
final class FeedConnections implements AutoCloseable {
  /// Two for the locks, and one at a time for the relay and for each of the two writers.
  private static final int MAX = 5;

  private static final Duration IDLE = Duration.ofMinutes(1);

  private final HikariDataSource pool;

  private FeedConnections(HikariDataSource pool) {
    this.pool = pool;
  }

  /// Connections with the settings of those in another pool, opened when they are needed.
  static FeedConnections like(HikariDataSource other) {
    var settings = new HikariConfig();
    other.copyStateTo(settings);
    settings.setPoolName("muster-feed");
    settings.setMaximumPoolSize(MAX);
    settings.setMinimumIdle(0);
    settings.setIdleTimeout(IDLE.toMillis());
    return new FeedConnections(new HikariDataSource(settings));
  }

  DataSource dataSource() {
    return pool;
  }

  JdbcTemplate template() {
    return new JdbcTemplate(pool);
  }

  FeedDatabase database() {
    return FeedDatabase.of(
        pool, JdbcClient.create(pool), new TransactionTemplate(new JdbcTransactionManager(pool)));
  }

  @Override
  public void close() {
    pool.close();
  }
}
