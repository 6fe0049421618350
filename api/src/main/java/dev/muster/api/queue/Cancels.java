package dev.muster.api.queue;

import dev.muster.events.attempt.Deadlines;
import dev.muster.events.feed.Outbox;
import dev.muster.events.id.AgentId;
import dev.muster.events.id.IssueId;
import dev.muster.events.id.WorkspaceId;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// What ends tasks because somebody wants it, in the transaction of whoever does.
///
/// A task that nobody runs yet is over at once. The end of a running one is asked for: its runtime
/// is told, kills the agent and says so, and if it does not the deadline ends the task.
@Component
public class Cancels {
  private final JdbcClient db;
  private final Outbox outbox;
  private final Deadlines deadlines;

  Cancels(JdbcClient db, Outbox outbox, Deadlines deadlines) {
    this.db = db;
    this.outbox = outbox;
    this.deadlines = deadlines;
  }

  /// Cancels the issue's tasks that are not final. Returns how many it changed.
  public int cancelAll(IssueId issue) {
    return cancel(
        "issue_id = :id AND status IN ('queued', 'dispatched', 'running')", issue.value(), false);
  }

  /// Cancels the issue's tasks that nobody has claimed. Returns how many.
  public int cancelWaiting(IssueId issue) {
    return cancel("issue_id = :id AND status = 'queued'", issue.value(), false);
  }

  /// Cancels one task. Returns false if it is final, or its end had been asked for before.
  public boolean cancelOne(UUID task) {
    return cancel("id = :id AND status IN ('queued', 'dispatched', 'running')", task, false) == 1;
  }

  /// Ends the issue's tasks for good, running ones too: the issue is about to be deleted.
  public int endAll(IssueId issue) {
    return cancel(
        "issue_id = :id AND status IN ('queued', 'dispatched', 'running')", issue.value(), true);
  }

  /// Ends the agent's tasks for good, as it is about to be deleted.
  public int endAll(AgentId agent) {
    return cancel(
        "agent_id = :id AND status IN ('queued', 'dispatched', 'running')", agent.value(), true);
  }

  /// Ends the workspace's tasks for good, as it is about to be deleted.
  public int endAll(WorkspaceId workspace) {
    return cancel(
        "workspace_id = :id AND status IN ('queued', 'dispatched', 'running')",
        workspace.value(),
        true);
  }

  private int cancel(String which, UUID id, boolean forGood) {
    var cancelled =
        db.sql(
                """
                WITH open AS (
                  SELECT id, status = 'running' AND NOT :for_good AS runs FROM task WHERE %s ORDER BY id FOR NO KEY UPDATE
                ), cancelled AS (
                  UPDATE task t
                     SET status = CASE WHEN runs THEN t.status ELSE 'cancelled' END,
                         cancel_requested_at = CASE WHEN runs THEN now() ELSE t.cancel_requested_at END,
                         completed_at = CASE WHEN runs THEN NULL ELSE now() END,
                         failure_reason = CASE WHEN runs THEN t.failure_reason ELSE 'cancelled' END,
                         deadline_at = CASE WHEN runs THEN least(t.deadline_at, now() + make_interval(secs => :grace)) END,
                         deadline_reason = CASE WHEN runs THEN 'cancelled' END,
                         event_seq = event_seq + 1
                    FROM open
                   WHERE t.id = open.id AND NOT (runs AND t.cancel_requested_at IS NOT NULL)
                  RETURNING new AS t, runs
                )
                INSERT INTO outbox (workspace_id, type, subject_id, seq, data)
                SELECT (t).workspace_id, CASE WHEN runs THEN 'task.cancel_requested' ELSE 'task.cancelled' END, (t).id,
                       (t).event_seq, task_event(t)
                  FROM cancelled ORDER BY (t).id
                """
                    .formatted(which))
            .param("id", id)
            .param("for_good", forGood)
            .param("grace", Deadlines.seconds(deadlines.cancelGrace()))
            .update();
    if (cancelled > 0) {
      outbox.wake();
    }
    return cancelled;
  }
}
