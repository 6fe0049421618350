package dev.muster.events.feed;

import java.time.Duration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/// Drops what the log has kept for long enough and Kafka has, if somebody has said how long that
/// is.
///
/// What is dropped is always a beginning of the log, up to a `log_id` that is kept: the rest stays
/// dense, and a gap in it still means that something was lost. Any number of these may run; the
/// lock makes one of them drop at a time. The cursor that says what Kafka has is committed without
/// waiting for the disk, but before a drop that relies on it, so it is never lost alone.
public final class Retention extends Loop {
  static final int BATCH_MAX = 2_000;
  private static final long LOCK = 0x6d757374_6b656570L;
  private static final Duration INTERVAL = Duration.ofMinutes(1);

  private final JdbcClient db;
  private final TransactionTemplate transaction;
  private final Duration kept;

  /// @param kept how long; zero for ever
  Retention(JdbcClient db, TransactionTemplate transaction, Duration kept) {
    super("muster-retention");
    this.db = db;
    this.transaction = transaction;
    this.kept = kept;
  }

  @Override
  protected void step() throws InterruptedException {
    Thread.sleep(INTERVAL);
    while (!kept.isZero() && drop() == BATCH_MAX) {}
  }

  /// Drops one batch. Returns how many events it dropped.
  int drop() {
    var dropped = transaction.execute(_ -> isAlone() ? dropLocked() : 0);
    return dropped == null ? 0 : dropped;
  }

  private boolean isAlone() {
    return db.sql("SELECT pg_try_advisory_xact_lock(:lock)")
        .param("lock", LOCK)
        .query(Boolean.class)
        .single();
  }

  private int dropLocked() {
    return db.sql(
            """
            WITH oldest AS MATERIALIZED (
              SELECT log_id, occurred_at FROM event_log ORDER BY log_id LIMIT :batch_max
            ), stays AS (
              SELECT min(log_id) AS log_id FROM oldest
               WHERE occurred_at >= now() - make_interval(secs => :kept)
                  OR log_id > (SELECT least(p.log_id, t.log_id) FROM feed_published AS p, feed_task_table AS t)
            ), dropped AS (
              DELETE FROM event_log WHERE log_id IN (
                SELECT o.log_id FROM oldest o, stays WHERE stays.log_id IS NULL OR o.log_id < stays.log_id)
              RETURNING log_id
            ), noted AS (
              UPDATE feed_dropped SET log_id = (SELECT max(log_id) FROM dropped) WHERE EXISTS (SELECT FROM dropped)
            )
            SELECT count(*) FROM dropped
            """)
        .param("batch_max", BATCH_MAX)
        .param("kept", kept.toMillis() / 1_000.0)
        .query(Integer.class)
        .single();
  }
}
