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

  /// @param epoch which the cursor belongs to: when another has begun, it stays where that put it
  void advancePublished(long logId, String epoch) {
    advance(
        """
        UPDATE feed_published SET log_id = :log_id
         WHERE log_id < :log_id AND epoch = :epoch
        """,
        logId,
        epoch);
  }

  /// How far `muster.tasks` is known to have got.
  long tasks() {
    return db.sql("SELECT log_id FROM feed_task_table").query(Long.class).single();
  }

  void advanceTasks(long logId, String epoch) {
    advance(
        """
        UPDATE feed_task_table SET log_id = :log_id
         WHERE log_id < :log_id AND epoch = :epoch
        """,
        logId,
        epoch);
  }

  /// Whether `muster.tasks` may hold tasks that only a past epoch knew.
  boolean isTableSwept() {
    return db.sql("SELECT is_swept FROM feed_task_table").query(Boolean.class).single();
  }

  void noteTableSwept(String epoch) {
    db.sql("UPDATE feed_task_table SET is_swept = true WHERE epoch = :epoch")
        .param("epoch", epoch)
        .update();
  }

  private void advance(String sql, long logId, String epoch) {
    transaction.executeWithoutResult(_ -> {
      db.sql("SET LOCAL synchronous_commit = off").update();
      db.sql(sql).param("log_id", logId).param("epoch", epoch).update();
    });
  }
}
