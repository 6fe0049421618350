package dev.muster.events.attempt;

import dev.muster.events.feed.Outbox;
import dev.muster.events.id.RuntimeId;
import dev.muster.events.sql.Rows;
import dev.muster.events.task.FailureReason;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/// Ends attempts that came to nothing, for everybody who has a reason to.
///
/// A task with attempts left goes back to the queue: to its own runtime if the agent names one, to
/// any that fits otherwise, after a pause that grows with each attempt. The last attempt fails the
/// task, and the agent says so in a comment. A task whose end was asked for is cancelled. One whose
/// agent has meanwhile another task queued for the same issue fails: that one does the work. State,
/// history, comment and events are one statement, decided on rows that the caller has locked, so
/// that the same call made twice finds nothing the second time.
public final class Attempts {
  private static final int BATCH_MAX = 500;

  /// The pause before another attempt is random, up to this, doubled with each attempt: exponential
  /// backoff with full jitter, as in Brooker's *Exponential Backoff and Jitter*.
  static final Duration BACKOFF_BASE = Duration.ofSeconds(5);

  static final Duration BACKOFF_MAX = Duration.ofMinutes(10);

  private final JdbcClient db;
  private final Outbox outbox;

  public Attempts(JdbcClient db, Outbox outbox) {
    this.db = db;
    this.outbox = outbox;
  }

  /// What came of ended attempts.
  ///
  /// @param ended how many there were
  /// @param retried how many of them are followed by another
  public record Ended(int ended, int retried) {
    Ended plus(Ended other) {
      return new Ended(ended + other.ended, retried + other.retried);
    }
  }

  /// Ends what these runtimes hold, claimed or running, in the caller's transaction.
  public Ended endAll(Collection<RuntimeId> runtimes, FailureReason reason) {
    var ids = runtimes.stream().map(RuntimeId::value).toArray(UUID[]::new);
    var sum = new Ended(0, 0);
    List<UUID> batch;
    do {
      batch =
          db.sql(
                  """
                  SELECT id FROM task
                   WHERE runtime_id = ANY (:runtimes) AND status IN ('dispatched', 'running')
                   ORDER BY id LIMIT :batch_max FOR NO KEY UPDATE
                  """)
              .param("runtimes", ids)
              .param("batch_max", BATCH_MAX)
              .query(Rows.id())
              .list();
      sum = sum.plus(end(batch, reason, reason.sentence()));
    } while (batch.size() == BATCH_MAX);
    return sum;
  }

  /// Ends the current attempts of these tasks, whose rows the caller's transaction has locked, as
  /// far as the reason can end them: only what waits expires, only what runs can overrun, and only
  /// a run whose end was asked for is cancelled. Passes over all others.
  ///
  /// @param error what a person reads; empty leaves no comment
  public Ended end(Collection<UUID> tasks, FailureReason reason, String error) {
    if (tasks.isEmpty()) {
      return new Ended(0, 0);
    }
    var ended =
        db.sql(
                """
                WITH open AS (
                  SELECT t.id,
                         CASE WHEN t.cancel_requested_at IS NOT NULL THEN 'cancelled'
                              WHEN :retried AND (t.attempt < t.max_attempts OR NOT :costs)
                                   AND NOT EXISTS (SELECT FROM task q
                                                    WHERE q.agent_id = t.agent_id AND q.issue_id = t.issue_id
                                                      AND q.status = 'queued') THEN 'queued'
                              ELSE 'failed' END AS next,
                         random() * least(:backoff_max, :backoff_base * 2 ^ (t.attempt - 1)) * interval '1 second' AS pause
                    FROM task t
                   WHERE t.id = ANY (:tasks)
                     AND CASE :reason WHEN 'expired' THEN t.status = 'queued'
                                      WHEN 'deadline_run' THEN t.status = 'running'
                                      WHEN 'cancelled' THEN t.status = 'running' AND t.cancel_requested_at IS NOT NULL
                                      ELSE t.status IN ('dispatched', 'running') END
                ), ended AS (
                  UPDATE task t
                     SET status = next,
                         attempt = CASE WHEN next = 'queued' AND :costs THEN t.attempt + 1 ELSE t.attempt END,
                         runtime_id = CASE WHEN next = 'queued' AND NOT t.pinned THEN NULL ELSE t.runtime_id END,
                         ready = next <> 'queued' OR NOT :costs,
                         run_after = CASE WHEN next = 'queued' AND :costs THEN now() + pause ELSE t.run_after END,
                         queued_at = CASE WHEN next = 'queued' THEN now() ELSE t.queued_at END,
                         assigned_at = CASE WHEN next = 'queued' THEN NULL ELSE t.assigned_at END,
                         dispatched_at = CASE WHEN next = 'queued' THEN NULL ELSE t.dispatched_at END,
                         started_at = CASE WHEN next = 'queued' THEN NULL ELSE t.started_at END,
                         completed_at = CASE WHEN next = 'queued' THEN NULL ELSE now() END,
                         error = CASE WHEN next = 'failed' THEN :error END,
                         failure_reason = CASE WHEN next = 'cancelled' THEN 'cancelled' ELSE :reason END,
                         deadline_at = CASE WHEN next <> 'queued' THEN NULL
                                            WHEN :costs THEN now() + pause ELSE t.expires_at END,
                         deadline_reason = CASE WHEN next <> 'queued' THEN NULL
                                                WHEN :costs THEN 'ready' ELSE 'expired' END,
                         event_seq = t.event_seq + 1
                    FROM open
                   WHERE t.id = open.id
                  RETURNING new AS t, next, old.status AS was_status, old.runtime_id AS was_on, old.attempt AS was_attempt,
                            old.dispatched_at AS was_dispatched_at, old.started_at AS was_started_at
                ), history AS (
                  INSERT INTO task_attempt (task_id, attempt, claim_generation, runtime_id, dispatched_at, started_at,
                                            failure_reason, error)
                  SELECT (t).id, was_attempt, (t).claim_generation, was_on, was_dispatched_at, was_started_at, :reason,
                         left(:error, 4096)
                    FROM ended WHERE next = 'queued'
                ), commented AS (
                  INSERT INTO comment AS c (issue_id, author_type, author_id, content, type)
                  SELECT (t).issue_id, 'agent', (t).agent_id, :error, 'system' FROM ended
                   WHERE next = 'failed' AND :error <> ''
                  RETURNING c
                ), events AS (
                  SELECT 1 AS place, i.workspace_id, 'comment.created' AS type, (c).id AS subject_id, NULL::bigint AS seq,
                         agent_comment_event(c) AS data
                    FROM commented JOIN issue i ON i.id = (c).issue_id
                  UNION ALL
                  SELECT 2, (t).workspace_id, CASE next WHEN 'queued' THEN 'task.requeued' ELSE 'task.' || next END, (t).id,
                         (t).event_seq, task_event(t)
                    FROM ended
                ), told AS (
                  INSERT INTO outbox (workspace_id, type, subject_id, seq, data)
                  SELECT workspace_id, type, subject_id, seq, data FROM events ORDER BY place, subject_id
                )
                SELECT count(*)::int AS ended, count(*) FILTER (WHERE next = 'queued')::int AS retried FROM ended
                """)
            .param("tasks", tasks.toArray(UUID[]::new))
            .param("retried", reason.isRetried())
            .param("costs", reason.costsAttempt())
            .param("backoff_base", Deadlines.seconds(BACKOFF_BASE))
            .param("backoff_max", Deadlines.seconds(BACKOFF_MAX))
            .param("reason", reason.wire())
            .param("error", error)
            .query(Rows.of(Ended.class))
            .single();
    outbox.wake();
    return ended;
  }

  /// Lets go elsewhere what these runtimes were assigned, did not claim, and need not run: at the
  /// next look at the deadlines.
  public void giveBackAssigned(Collection<RuntimeId> runtimes) {
    db.sql(
            """
            WITH unclaimed AS (
              SELECT id FROM task
               WHERE runtime_id = ANY (:runtimes) AND status = 'queued' AND ready AND NOT pinned AND assigned_at IS NOT NULL
               ORDER BY id FOR NO KEY UPDATE
            )
            UPDATE task SET deadline_at = now(), deadline_reason = 'assigned' WHERE id = ANY (ARRAY(SELECT id FROM unclaimed))
            """)
        .param("runtimes", runtimes.stream().map(RuntimeId::value).toArray(UUID[]::new))
        .update();
  }
}
