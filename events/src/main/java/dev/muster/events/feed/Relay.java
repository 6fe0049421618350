package dev.muster.events.feed;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.PreparedStatementCallback;

/// Moves committed events from the outbox to the log, where each gets its position.
///
/// Any number of relays may run. The lock makes one of them number at a time; it is taken by a
/// statement of its own, so that the move sees everything that had committed when the lock was
/// granted. Both travel together, and are one transaction, since a pipeline that ends in one Sync
/// is one. A change locks its task's row before it draws the outbox id, so for one task the order
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

  private static final String MOVE =
      """
      SELECT 1 FROM pg_advisory_xact_lock(%d);
      WITH moved AS (
        DELETE FROM outbox WHERE id = ANY (ARRAY(SELECT id FROM outbox ORDER BY id LIMIT %d))
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
      """
          .formatted(LOCK, BATCH_MAX);

  private final JdbcTemplate jdbc;
  private final Signal signal = new Signal();

  Relay(JdbcTemplate jdbc) {
    super("muster-relay");
    this.jdbc = jdbc;
  }

  void wake() {
    signal.ring();
  }

  @Override
  protected void step() throws InterruptedException {
    if (move() == 0) {
      signal.await(POLL);
      return;
    }
    Thread.sleep(LINGER);
  }

  /// Moves one batch. Returns how many events it moved.
  int move() {
    var moved = jdbc.execute(MOVE, (PreparedStatementCallback<Integer>) Relay::moved);
    return moved == null ? 0 : moved;
  }

  private static int moved(PreparedStatement statement) throws SQLException {
    statement.execute();
    statement.getMoreResults();
    try (var moved = statement.getResultSet()) {
      moved.next();
      return moved.getInt(1);
    }
  }
}
