package dev.muster.events.feed;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/// Where the cursors of those who write to Kafka are kept.
///
/// An advance may be lost in a crash of Postgres: the publisher then looks at Kafka, and the table
/// of tasks is given the same states again.
final class CursorStore {
  private final JdbcClient db;
  private final TransactionTemplate transaction;

  CursorStore(JdbcClient db, TransactionTemplate transaction) {
    this.db = db;
    this.transaction = transaction;
  }

  /// How far `muster.events` is known to have got.
  long published() {
    return db.sql("SELECT log_id FROM feed_published").query(Long.class).single();
  }

  void advancePublished(long logId) {
    advance("UPDATE feed_published SET log_id = :log_id WHERE log_id < :log_id", logId);
  }

  /// How far `muster.tasks` is known to have got.
  long tasks() {
    return db.sql("SELECT log_id FROM feed_task_table").query(Long.class).single();
  }

  void advanceTasks(long logId) {
    advance("UPDATE feed_task_table SET log_id = :log_id WHERE log_id < :log_id", logId);
  }

  private void advance(String sql, long logId) {
    transaction.executeWithoutResult(_ -> {
      db.sql("SET LOCAL synchronous_commit = off").update();
      db.sql(sql).param("log_id", logId).update();
    });
  }
}
