package dev.muster.api.queue;

import dev.muster.events.attempt.Deadlines;
import dev.muster.events.feed.Outbox;
import dev.muster.events.id.AgentId;
import dev.muster.events.id.IssueId;
import dev.muster.events.id.RuntimeId;
import dev.muster.events.sql.Rows;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// What puts tasks into the queue, in the transaction of whoever changes the issue or agent.
@Component
public class TaskQueue {
  private static final int COMMENTS_MAX = 100;

  private final JdbcClient db;
  private final Outbox outbox;
  private final Parking parking;
  private final Deadlines deadlines;

  TaskQueue(JdbcClient db, Outbox outbox, Parking parking, Deadlines deadlines) {
    this.db = db;
    this.outbox = outbox;
    this.parking = parking;
    this.deadlines = deadlines;
  }

  private record Queued(UUID id, @Nullable UUID runtimeId) {}

  /// Queues a task for the agent on the issue, unless one is waiting to be started there already:
  /// that one sees what has happened since, and a comment that asks for work is written down with
  /// it. The rows of the agent's tasks there are locked, so that none is started, or sent back to
  /// the queue, before the caller has committed what it is to see.
  ///
  /// @param comment the comment to be answered, if one asks for the work
  /// @return the new task's id; empty if one was waiting, or the agent takes no more tasks or is
  ///   not of the issue's workspace
  public Optional<UUID> enqueue(
      AgentId agent, IssueId issue, TaskTerms terms, @Nullable UUID comment) {
    var statement =
        db.sql(
                """
                WITH open AS (
                  SELECT id, status FROM task
                   WHERE agent_id = :agent AND issue_id = :issue AND status IN ('queued', 'dispatched', 'running')
                   ORDER BY id FOR NO KEY UPDATE
                ), waiting AS (
                  SELECT id, status FROM open WHERE status IN ('queued', 'dispatched')
                ), attached AS (
                  UPDATE task t SET comment_ids = t.comment_ids || :comment::uuid, event_seq = t.event_seq + 1
                   WHERE t.id = (SELECT id FROM waiting ORDER BY status DESC, id LIMIT 1)
                     AND :comment::uuid IS NOT NULL AND cardinality(t.comment_ids) < :comments_max
                  RETURNING new AS t
                ), queued AS (
                  INSERT INTO task AS t %s
                  SELECT %s
                    FROM issue i JOIN agent a ON a.workspace_id = i.workspace_id
                   WHERE i.id = :issue AND a.id = :agent AND a.intake <> 'draining' AND NOT EXISTS (SELECT FROM waiting)
                  ON CONFLICT (issue_id, agent_id) WHERE status = 'queued' DO NOTHING
                  RETURNING t
                ), told AS (
                  INSERT INTO outbox (workspace_id, type, subject_id, seq, data)
                  SELECT (t).workspace_id, 'task.queued', (t).id, (t).event_seq, task_event(t) FROM queued
                  UNION ALL
                  SELECT (t).workspace_id, 'task.coalesced', (t).id, (t).event_seq, task_event(t) FROM attached
                )
                SELECT (t).id, (t).runtime_id FROM queued
                """
                    .formatted(TaskTerms.COLUMNS, TaskTerms.VALUES))
            .param("issue", issue.value())
            .param("agent", agent.value())
            .param("comment", comment)
            .param("comments_max", COMMENTS_MAX);
    var queued = terms.bind(statement, ttlSeconds()).query(Rows.of(Queued.class)).optional();
    if (queued.isPresent()) {
      queued(queued.get().runtimeId());
    } else if (comment != null) {
      outbox.wake();
    }
    return queued.map(Queued::id);
  }

  /// How long a task may wait in all, in seconds; null for as long as it takes.
  public @Nullable Double ttlSeconds() {
    return Deadlines.secondsOrNull(deadlines.queuedTtl());
  }

  /// Tells whoever waits that a task was queued: at once, or after the commit of the transaction
  /// the caller is in.
  ///
  /// @param pinnedTo the runtime that the task's agent names, if it names one
  public void queued(@Nullable UUID pinnedTo) {
    outbox.wake();
    if (pinnedTo != null) {
      var runtime = new RuntimeId(pinnedTo);
      Outbox.afterCommit(() -> parking.wake(runtime));
    }
  }
}
