package dev.muster.dispatcher.lease;

import dev.muster.events.attempt.Attempts;
import dev.muster.events.attempt.Deadlines;
import dev.muster.events.feed.Outbox;
import dev.muster.events.sql.Rows;
import dev.muster.events.task.FailureReason;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/// Deadlines that have passed: one column, one index, whatever the state. What a passed deadline
/// means stands beside it in `deadline_reason`.
@Repository
class DeadlineStore {
  static final int BATCH_MAX = 500;

  private final JdbcClient db;
  private final Outbox outbox;
  private final Attempts attempts;
  private final Deadlines settings;

  DeadlineStore(JdbcClient db, Outbox outbox, Attempts attempts, Deadlines settings) {
    this.db = db;
    this.outbox = outbox;
    this.attempts = attempts;
    this.settings = settings;
  }

  /// A task whose deadline has passed.
  record Overdue(UUID id, String deadlineReason) {}

  /// Locks overdue tasks for the caller's transaction, the longest overdue first; those that
  /// somebody else has locked are somebody else's.
  List<Overdue> lockOverdue() {
    return db.sql(
            """
            SELECT id, deadline_reason FROM task
             WHERE deadline_at < now() AND status IN ('queued', 'dispatched', 'running')
             ORDER BY deadline_at LIMIT :batch_max FOR NO KEY UPDATE SKIP LOCKED
            """)
        .param("batch_max", BATCH_MAX)
        .query(Rows.of(Overdue.class))
        .list();
  }

  /// Lets waiting tasks be claimed from now on.
  int makeReady(List<UUID> tasks) {
    return tell(
        """
        UPDATE task t
           SET ready = true, deadline_at = expires_at, deadline_reason = CASE WHEN expires_at IS NOT NULL THEN 'expired' END,
               event_seq = t.event_seq + 1
         WHERE id = ANY (:tasks) AND status = 'queued' AND NOT ready
        RETURNING new AS t
        """,
        "task.ready",
        tasks);
  }

  /// Takes tasks from runtimes that did not claim them.
  int takeBack(List<UUID> tasks) {
    return tell(
        """
        UPDATE task t
           SET runtime_id = NULL, assigned_at = NULL, deadline_at = expires_at,
               deadline_reason = CASE WHEN expires_at IS NOT NULL THEN 'expired' END, event_seq = t.event_seq + 1
         WHERE id = ANY (:tasks) AND status = 'queued' AND NOT pinned AND assigned_at IS NOT NULL
        RETURNING new AS t
        """,
        "task.requeued",
        tasks);
  }

  int end(List<UUID> tasks, FailureReason reason) {
    return attempts.end(tasks, reason, reason.sentence()).ended();
  }

  /// Gives those of the tasks that are still overdue the deadline of their state, lest they are
  /// found overdue for ever and keep others from being looked at. Returns which they were.
  List<UUID> putRight(List<UUID> tasks) {
    return db.sql(
            """
            UPDATE task t
               SET (deadline_at, deadline_reason) = (
                     SELECT CASE WHEN t.status = 'dispatched' THEN now() + make_interval(secs => :start)
                                 WHEN t.cancel_requested_at IS NOT NULL THEN now()
                                 WHEN t.status = 'running'
                                 THEN t.started_at + make_interval(secs => coalesce(t.timeout_seconds, :run))
                                 WHEN t.ready THEN t.expires_at
                                 ELSE coalesce(t.run_after, now()) END,
                            CASE WHEN t.status = 'dispatched' THEN 'deadline_start'
                                 WHEN t.cancel_requested_at IS NOT NULL THEN 'cancelled'
                                 WHEN t.status = 'running' THEN 'deadline_run'
                                 WHEN NOT t.ready THEN 'ready'
                                 WHEN t.expires_at IS NOT NULL THEN 'expired' END)
             WHERE id = ANY (:tasks) AND status IN ('queued', 'dispatched', 'running') AND deadline_at < now()
            RETURNING id
            """)
        .param("tasks", tasks.toArray(UUID[]::new))
        .param("start", Deadlines.seconds(settings.start()))
        .param("run", Deadlines.seconds(settings.run()))
        .query(Rows.id())
        .list();
  }

  private int tell(String update, String event, List<UUID> tasks) {
    var moved =
        db.sql(
                """
                WITH moved AS (
                  %s
                )
                INSERT INTO outbox (workspace_id, type, subject_id, seq, data)
                SELECT (t).workspace_id, '%s', (t).id, (t).event_seq, task_event(t) FROM moved ORDER BY (t).id
                """
                    .formatted(update, event))
            .param("tasks", tasks.toArray(UUID[]::new))
            .update();
    outbox.wake();
    return moved;
  }

  /// Notes that deadlines are looked at now. Returns how long nobody could have kept one, because
  /// no sweeper or no api was there.
  Duration away() {
    var seconds =
        db.sql(
                """
                UPDATE server_clock SET swept_at = now()
                RETURNING extract(epoch FROM now() - least(old.swept_at, api_seen_at))::float8
                """)
            .query(Double.class)
            .single();
    return Duration.ofMillis((long) (seconds * 1_000));
  }

  /// Gives the time back that passed without servers: to runtimes, which could not be heard, and to
  /// the deadlines that passed meanwhile or are about to.
  void giveBack(Duration away, Duration silence) {
    db.sql(
            """
            UPDATE runtime_liveness l SET last_seen_at = now()
              FROM runtime r WHERE r.id = l.runtime_id AND r.status = 'online'
            """)
        .update();
    db.sql(
            """
            UPDATE task SET deadline_at = deadline_at + make_interval(secs => :away)
             WHERE status IN ('dispatched', 'running') AND deadline_at < now() + make_interval(secs => :silence)
            """)
        .param("away", Deadlines.seconds(away))
        .param("silence", Deadlines.seconds(silence))
        .update();
  }

  /// Whether an api has been there lately to take reports.
  boolean isApiThere(Duration lately) {
    return db.sql("SELECT api_seen_at > now() - make_interval(secs => :lately) FROM server_clock")
        .param("lately", Deadlines.seconds(lately))
        .query(Boolean.class)
        .single();
  }

  /// Deletes what has been kept for long enough, a piece at a time.
  void purge() {
    db.sql(
            """
            DELETE FROM idempotency_key WHERE (scope, key) IN (
              SELECT scope, key FROM idempotency_key WHERE created_at < now() - interval '24 hours' LIMIT 5000)
            """)
        .update();
    db.sql("DELETE FROM task_message WHERE created_at < now() - interval '7 days'").update();
  }
}
