package dev.muster.events.feed;

import java.time.Duration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/// Moves committed events from the outbox to the log, where each gets its position.
///
/// Any number of relays may run. The lock makes one of them number at a time; it is taken by a
/// statement of its own, so that the move sees everything that had committed when the lock was
/// granted. A change locks its task's row before it draws the outbox id, so for one task the order
/// of ids is the order of commits. The move inserts only what its own DELETE returned: a row is
/// numbered once, whoever moves it. If the process dies before the commit, nothing was moved.
public final class Relay extends Loop {
  private static final int BATCH_MAX = 2_000;
  private static final long LOCK = 0x6d757374_72656c79L;

  /// How late a change is seen whose process died between its commit and its wake-up.
  private static final Duration POLL = Duration.ofSeconds(1);

  /// How long events are let come together before the next move: a move of many costs hardly more
  /// than a move of one.
  private static final Duration LINGER = Duration.ofMillis(3);

  private final JdbcClient db;
  private final TransactionTemplate transaction;
  private final Signal signal = new Signal();

  Relay(JdbcClient db, TransactionTemplate transaction) {
    super("muster-relay");
    this.db = db;
    this.transaction = transaction;
  }

  void wake() {
    signal.ring();
  }

  @Override
  protected void step() throws InterruptedException {
    if (!isAnythingWaiting()) {
      signal.await(POLL);
      return;
    }
    move();
    Thread.sleep(LINGER);
  }

  private boolean isAnythingWaiting() {
    return db.sql("SELECT EXISTS (SELECT FROM outbox)").query(Boolean.class).single();
  }

  /// Moves one batch. Returns how many events it moved.
  int move() {
    var moved =
        transaction.execute(_ -> {
          db.sql("SELECT 1 FROM pg_advisory_xact_lock(:lock)")
              .param("lock", LOCK)
              .query(Integer.class)
              .single();
          return moveLocked();
        });
    return moved == null ? 0 : moved;
  }

  private int moveLocked() {
    return db.sql(
            """
            WITH moved AS (
              DELETE FROM outbox WHERE id = ANY (ARRAY(SELECT id FROM outbox ORDER BY id LIMIT :batch_max))
              RETURNING *
            ), per_workspace AS (
              SELECT workspace_id, count(*) AS events, count(*) FILTER (WHERE type = 'task.completed') AS completed,
                     count(*) FILTER (WHERE type = 'task.failed') AS failed,
                     count(*) FILTER (WHERE type = 'task.cancelled') AS cancelled
                FROM moved GROUP BY workspace_id
            ), positions AS (
              INSERT INTO feed_position AS f (workspace_id, position, completed, failed, cancelled)
              SELECT workspace_id, events, completed, failed, cancelled FROM per_workspace ORDER BY workspace_id
              ON CONFLICT (workspace_id) DO UPDATE
                 SET position = f.position + excluded.position, completed = f.completed + excluded.completed,
                     failed = f.failed + excluded.failed, cancelled = f.cancelled + excluded.cancelled
              RETURNING workspace_id, position
            ), feed_head AS (
              UPDATE feed SET head = head + n FROM (SELECT count(*) AS n FROM moved) AS counted WHERE n > 0
              RETURNING head - n AS before
            ), logged AS (
              INSERT INTO event_log (log_id, workspace_id, position, type, subject_id, seq, data, occurred_at)
              SELECT before + row_number() OVER (ORDER BY id), workspace_id,
                     position - events + row_number() OVER (PARTITION BY workspace_id ORDER BY id),
                     type, subject_id, seq, data, occurred_at
                FROM moved JOIN positions USING (workspace_id) JOIN per_workspace USING (workspace_id), feed_head
              RETURNING 1
            )
            SELECT count(*) FROM logged, pg_notify('muster_feed', '') WHERE (SELECT count(*) FROM moved) > 0
            """)
        .param("batch_max", BATCH_MAX)
        .query(Integer.class)
        .single();
  }
}
