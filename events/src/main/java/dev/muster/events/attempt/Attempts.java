package dev.muster.events.attempt;

import dev.muster.events.feed.Outbox;
import dev.muster.events.id.RuntimeId;
import dev.muster.events.sql.Rows;
import dev.muster.events.task.FailureReason;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/// Ends attempts whose runtime no longer works on them.
///
/// A task with attempts left goes back to the queue: to its own runtime if the agent names one, to
/// any that fits otherwise. The last attempt fails the task, and the agent says so in a comment. A
/// task whose agent has meanwhile another one queued for the same issue fails too: that one does
/// the work. State, history, comment and events are one statement. Which tasks are meant is decided
/// on locked rows, so the same call made twice finds nothing the second time.
public final class Attempts {
  private static final int BATCH_MAX = 500;

  private final JdbcClient db;
  private final Outbox outbox;

  public Attempts(JdbcClient db, Outbox outbox) {
    this.db = db;
    this.outbox = outbox;
  }

  /// Ends what these runtimes hold, claimed or running. Returns how many attempts were ended.
  public int endAll(Collection<RuntimeId> runtimes, FailureReason reason) {
    var ids = runtimes.stream().map(RuntimeId::value).toArray(UUID[]::new);
    var ended = 0;
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
      ended += end(batch, reason);
    } while (batch.size() == BATCH_MAX);
    return ended;
  }

  /// Ends the attempts of tasks that were claimed and not started in time. Returns how many.
  public int endOverdueStarts() {
    return end(
        db.sql(
                """
                SELECT id FROM task
                 WHERE status = 'dispatched' AND deadline_at < now()
                 ORDER BY deadline_at LIMIT :batch_max FOR NO KEY UPDATE SKIP LOCKED
                """)
            .param("batch_max", BATCH_MAX)
            .query(Rows.id())
            .list(),
        FailureReason.DEADLINE_START);
  }

  private int end(List<UUID> tasks, FailureReason reason) {
    if (tasks.isEmpty()) {
      return 0;
    }
    var ended =
        db.sql(
                """
                WITH open AS (
                  SELECT t.id,
                         :retried AND t.attempt < t.max_attempts
                         AND NOT EXISTS (SELECT FROM task q
                                          WHERE q.agent_id = t.agent_id AND q.issue_id = t.issue_id
                                            AND q.status = 'queued') AS again
                    FROM task t
                   WHERE t.id = ANY (:tasks) AND t.status IN ('dispatched', 'running')
                ), ended AS (
                  UPDATE task t
                     SET status = CASE WHEN again THEN 'queued' ELSE 'failed' END,
                         attempt = CASE WHEN again THEN t.attempt + 1 ELSE t.attempt END,
                         runtime_id = CASE WHEN again AND NOT t.pinned THEN NULL ELSE t.runtime_id END,
                         queued_at = CASE WHEN again THEN now() ELSE t.queued_at END,
                         assigned_at = CASE WHEN again THEN NULL ELSE t.assigned_at END,
                         dispatched_at = CASE WHEN again THEN NULL ELSE t.dispatched_at END,
                         started_at = CASE WHEN again THEN NULL ELSE t.started_at END,
                         completed_at = CASE WHEN again THEN NULL ELSE now() END,
                         error = CASE WHEN again THEN NULL ELSE :sentence END,
                         failure_reason = :reason,
                         deadline_at = NULL,
                         event_seq = t.event_seq + 1
                    FROM open
                   WHERE t.id = open.id AND t.status IN ('dispatched', 'running')
                  RETURNING new AS t, again, old.runtime_id AS was_on, old.attempt AS was_attempt,
                            old.dispatched_at AS was_dispatched_at, old.started_at AS was_started_at
                ), history AS (
                  INSERT INTO task_attempt (task_id, attempt, claim_generation, runtime_id, dispatched_at, started_at,
                                            failure_reason)
                  SELECT (t).id, was_attempt, (t).claim_generation, was_on, was_dispatched_at, was_started_at, :reason
                    FROM ended WHERE again
                ), commented AS (
                  INSERT INTO comment AS c (issue_id, author_type, author_id, content, type)
                  SELECT (t).issue_id, 'agent', (t).agent_id, :sentence, 'system' FROM ended WHERE NOT again
                  RETURNING c
                ), told AS (
                  INSERT INTO outbox (workspace_id, type, subject_id, seq, data)
                  SELECT (t).workspace_id, CASE WHEN again THEN 'task.requeued' ELSE 'task.failed' END, (t).id,
                         (t).event_seq, task_event(t)
                    FROM ended ORDER BY (t).id
                ), told_comment AS (
                  INSERT INTO outbox (workspace_id, type, subject_id, data)
                  SELECT i.workspace_id, 'comment.created', (c).id, agent_comment_event(c)
                    FROM commented JOIN issue i ON i.id = (c).issue_id
                )
                SELECT count(*) FROM ended
                """)
            .param("tasks", tasks.toArray(UUID[]::new))
            .param("retried", reason.isRetried())
            .param("sentence", reason.sentence())
            .param("reason", reason.wire())
            .query(Integer.class)
            .single();
    outbox.wake();
    return ended;
  }
}
