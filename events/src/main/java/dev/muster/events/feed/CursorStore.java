package dev.muster.events.feed;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/// Where the active publisher's cursor is kept.
final class CursorStore {
  private final JdbcClient db;
  private final TransactionTemplate transaction;

  CursorStore(JdbcClient db, TransactionTemplate transaction) {
    this.db = db;
    this.transaction = transaction;
  }

  /// Advances the cursor. It may be lost in a crash of Postgres, which costs one look at Kafka and
  /// nothing else.
  void advance(long logId) {
    transaction.executeWithoutResult(_ -> {
      db.sql("SET LOCAL synchronous_commit = off").update();
      db.sql("UPDATE feed_published SET log_id = :log_id WHERE log_id < :log_id")
          .param("log_id", logId)
          .update();
    });
  }
}
