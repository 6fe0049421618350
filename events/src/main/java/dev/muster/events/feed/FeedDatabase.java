package dev.muster.events.feed;

import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/// What those who write to Kafka need of Postgres: the log, their cursors, and connections for
/// their locks.
record FeedDatabase(
    DataSource connections,
    FeedLog log,
    TaskTraces traces,
    CursorStore cursors,
    PartitionCounts partitions) {
  static FeedDatabase of(DataSource connections, JdbcClient db, TransactionTemplate transaction) {
    return new FeedDatabase(
        connections,
        new FeedLog(db),
        new TaskTraces(db),
        new CursorStore(db, transaction),
        new PartitionCounts(db));
  }
}
