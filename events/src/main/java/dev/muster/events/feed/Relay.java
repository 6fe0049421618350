package dev.muster.events.feed;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.PreparedStatementCallback;

/// Moves committed events from the outbox to the log, where each gets its position.
///
/// Any number of relays may run. The lock makes one of them number at a time, and the others do not
/// wait for it: one that finds another at work looks again soon, since the other may have begun
/// before the change that woke this one was committed. The lock is taken by a statement of its own,
/// so that the move sees everything that had committed when the lock was granted. Both travel
/// together, and are one transaction, since a pipeline that ends in one Sync is one. A change locks
/// its task's row before it draws the outbox id, so for one task the order of ids is the order of
/// commits. The move inserts only what its own DELETE returned: a row is numbered once, whoever
/// moves it. If the process dies before the commit, nothing was moved.
public final class Relay extends Loop {
  private static final int ROWS_MAX = 2_000;

  /// As Postgres keeps them. The events do not pass through this process.
  private static final int BYTES_MAX = 16 * 1024 * 1024;

  private static final long LOCK = 0x6d757374_72656c79L;

  /// How late a change is seen whose process died between its commit and its wake-up.
  private static final Duration POLL = Duration.ofSeconds(1);

  /// How late a change is seen that came while another relay was at work.
  private static final Duration LOOK_AGAIN = Duration.ofMillis(5);

  private static final Linger LINGER =
      new Linger(Duration.ofMillis(2), Duration.ofNanos(500_000), Duration.ofMillis(30));

  private static final String MOVE =
      """
      SELECT set_config('muster.moves', pg_try_advisory_xact_lock(%d)::text, true);
      WITH moved AS (
        DELETE FROM outbox WHERE id = ANY (ARRAY(
          SELECT id
            FROM (SELECT id, sum(pg_column_size(data)) OVER (ORDER BY id) - pg_column_size(data) AS before
                    FROM outbox WHERE current_setting('muster.moves')::boolean ORDER BY id LIMIT %d) AS next
           WHERE before < %d))
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
      SELECT count(*), bool_or(EXISTS (SELECT FROM outbox WHERE id > (SELECT max(id) FROM moved)))
        FROM logged, pg_notify('muster_feed', '') WHERE (SELECT count(*) FROM moved) > 0
      """
          .formatted(LOCK, ROWS_MAX, BYTES_MAX);

  private final JdbcTemplate jdbc;
  private final Signal signal = new Signal();

  Relay(JdbcTemplate jdbc) {
    super("muster-relay");
    this.jdbc = jdbc;
  }

  void wake() {
    signal.ring();
  }

  /// What a move did.
  ///
  /// @param isMore whether others were there already that it left for the next move
  record Moved(int events, boolean isMore) {}

  @Override
  protected void step() throws InterruptedException {
    var moved = move();
    if (moved.isEmpty()) {
      Thread.sleep(LOOK_AGAIN);
      return;
    }
    if (moved.get().isMore()) {
      return;
    }
    Thread.sleep(LINGER.after(moved.get().events()));
    var _ = signal.await(POLL);
  }

  /// Moves one batch; empty if another relay is at work.
  Optional<Moved> move() {
    return Optional.ofNullable(
        jdbc.execute(MOVE, (PreparedStatementCallback<@Nullable Moved>) Relay::moved));
  }

  private static @Nullable Moved moved(PreparedStatement statement) throws SQLException {
    statement.execute();
    try (var lock = statement.getResultSet()) {
      lock.next();
      if (!lock.getString(1).equals("true")) {
        return null;
      }
    }
    statement.getMoreResults();
    try (var moved = statement.getResultSet()) {
      moved.next();
      return new Moved(moved.getInt(1), moved.getBoolean(2));
    }
  }
}
