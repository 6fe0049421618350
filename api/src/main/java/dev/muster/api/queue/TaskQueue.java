package dev.muster.api.queue;

import dev.muster.events.feed.Outbox;
import dev.muster.events.id.AgentId;
import dev.muster.events.id.IssueId;
import dev.muster.events.id.RuntimeId;
import dev.muster.events.id.WorkspaceId;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// What puts tasks into the queue and takes them out again, in the transaction of whoever changes
/// the issue or agent.
@Component
public class TaskQueue {
  private final JdbcClient db;
  private final Outbox outbox;
  private final Parking parking;

  TaskQueue(JdbcClient db, Outbox outbox, Parking parking) {
    this.db = db;
    this.outbox = outbox;
    this.parking = parking;
  }

  private record Queued(UUID id, @Nullable UUID runtimeId) {}

  /// Queues a task for the agent on the issue, unless one is waiting to be started there already:
  /// that one will see what has happened since.
  ///
  /// @param priority 0 (none) to 4 (urgent)
  /// @return the task's id; empty if one was waiting, or the agent is not of the issue's workspace
  public Optional<UUID> enqueue(AgentId agent, IssueId issue, int priority) {
    var queued =
        db.sql(
                """
                WITH queued AS (
                  INSERT INTO task AS t (workspace_id, agent_id, issue_id, runtime_id, pinned, required_provider,
                                         required_labels, priority)
                  SELECT i.workspace_id, a.id, i.id, a.runtime_id, a.runtime_id IS NOT NULL, a.provider, a.labels, :priority
                    FROM issue i JOIN agent a ON a.workspace_id = i.workspace_id
                   WHERE i.id = :issue AND a.id = :agent
                     AND NOT EXISTS (SELECT FROM task d
                                      WHERE d.agent_id = a.id AND d.issue_id = i.id AND d.status = 'dispatched')
                  ON CONFLICT (agent_id, issue_id) WHERE status = 'queued' DO NOTHING
                  RETURNING t
                ), told AS (
                  INSERT INTO outbox (workspace_id, type, subject_id, seq, data)
                  SELECT (t).workspace_id, 'task.queued', (t).id, (t).event_seq, task_event(t) FROM queued
                )
                SELECT (t).id, (t).runtime_id FROM queued
                """)
            .param("issue", issue.value())
            .param("agent", agent.value())
            .param("priority", priority)
            .query(Queued.class)
            .optional();
    queued.ifPresent(task -> queued(task.runtimeId()));
    return queued.map(Queued::id);
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

  /// Cancels the issue's tasks that are not final, running ones too. Returns how many.
  public int cancelAll(IssueId issue) {
    return cancel(
        "issue_id = :id AND status IN ('queued', 'dispatched', 'running')", issue.value());
  }

  /// Cancels the issue's tasks that nobody has claimed. Returns how many.
  public int cancelWaiting(IssueId issue) {
    return cancel("issue_id = :id AND status = 'queued'", issue.value());
  }

  /// Cancels the agent's tasks that are not final, running ones too. Returns how many.
  public int cancelAll(AgentId agent) {
    return cancel(
        "agent_id = :id AND status IN ('queued', 'dispatched', 'running')", agent.value());
  }

  /// Cancels the workspace's tasks that are not final, running ones too. Returns how many.
  public int cancelAll(WorkspaceId workspace) {
    return cancel(
        "workspace_id = :id AND status IN ('queued', 'dispatched', 'running')", workspace.value());
  }

  /// Cancels one task that is not final. Returns false if it is, or does not exist.
  public boolean cancelOne(UUID task) {
    return cancel("id = :id AND status IN ('queued', 'dispatched', 'running')", task) == 1;
  }

  private int cancel(String which, UUID id) {
    var cancelled =
        db.sql(
                """
                WITH open AS (
                  SELECT id FROM task WHERE %s ORDER BY id FOR NO KEY UPDATE
                ), cancelled AS (
                  UPDATE task t
                     SET status = 'cancelled', completed_at = now(), failure_reason = 'cancelled', deadline_at = NULL,
                         event_seq = event_seq + 1
                    FROM open
                   WHERE t.id = open.id AND t.status IN ('queued', 'dispatched', 'running')
                  RETURNING t
                )
                INSERT INTO outbox (workspace_id, type, subject_id, seq, data)
                SELECT (t).workspace_id, 'task.cancelled', (t).id, (t).event_seq, task_event(t) FROM cancelled ORDER BY (t).id
                """
                    .formatted(which))
            .param("id", id)
            .update();
    if (cancelled > 0) {
      outbox.wake();
    }
    return cancelled;
  }
}
