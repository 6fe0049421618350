package dev.muster.api.task;

import dev.muster.api.queue.TaskTerms;
import dev.muster.events.feed.Outbox;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.sql.Rows;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/// Tasks that have failed for good and that nobody has taken up again.
///
/// Redriving one makes a new task of it, since a finished task is never claimed again: the same
/// work by the same agent, going on with the last session where the runtime is the same. The old
/// task names the new one, and is no dead letter any more.
@Repository
class DeadLetters {
  private final JdbcClient db;
  private final Outbox outbox;

  DeadLetters(JdbcClient db, Outbox outbox) {
    this.db = db;
    this.outbox = outbox;
  }

  /// Which dead letters are meant; null leaves it open.
  record Filter(
      @Nullable UUID task, @Nullable UUID agent, @Nullable UUID runtime, @Nullable String reason) {}

  private static final String MEANT =
      """
      t.workspace_id = :workspace AND t.status = 'failed' AND t.redriven_by IS NULL
             AND (:task::uuid IS NULL OR t.id = :task) AND (:agent::uuid IS NULL OR t.agent_id = :agent)
             AND (:runtime::uuid IS NULL OR t.runtime_id = :runtime) AND (:reason::text IS NULL OR t.failure_reason = :reason)
             AND (:all OR EXISTS (SELECT FROM agent v WHERE v.id = t.agent_id
                                     AND (v.visibility = 'workspace' OR v.owner_id = :user)))\
      """;

  /// Whose dead letters are seen and redriven: private agents are for their owner and for those who
  /// administer the workspace.
  record Viewer(WorkspaceId workspace, UUID user, boolean all) {}

  /// The newest first.
  List<TaskView> list(Viewer viewer, Filter filter, int limit) {
    return bind(
            db.sql(
                "SELECT %s FROM task t WHERE %s ORDER BY t.completed_at DESC, t.id DESC LIMIT :limit"
                    .formatted(TaskView.COLUMNS, MEANT)),
            viewer,
            filter)
        .param("limit", limit)
        .query(Rows.of(TaskView.class))
        .list();
  }

  /// Makes new tasks of dead letters, the oldest first. One whose agent takes no new tasks, or has
  /// a task waiting for the issue, stays where it is; so does all but one of those of one agent and
  /// issue. Returns the new tasks' ids.
  List<UUID> redrive(Viewer viewer, Filter filter, int limit) {
    var made =
        bind(
                db.sql(
                    """
                    WITH meant AS (
                      SELECT t.* FROM task t WHERE %s ORDER BY t.completed_at, t.id LIMIT :limit FOR NO KEY UPDATE
                    ), made AS (
                      INSERT INTO task AS n (workspace_id, agent_id, issue_id, runtime_id, pinned, required_provider,
                                             required_labels, priority, max_attempts, timeout_seconds, concurrency_key,
                                             rank_at, session_id, work_dir, session_runtime_id, comment_ids, parent_task_id)
                      SELECT DISTINCT ON (m.issue_id, m.agent_id)
                             m.workspace_id, m.agent_id, m.issue_id, a.runtime_id, a.runtime_id IS NOT NULL, a.provider, a.labels,
                             m.priority, :max_attempts, m.timeout_seconds, m.concurrency_key, task_rank(now(), m.priority),
                             m.session_id, m.work_dir, m.session_runtime_id, m.comment_ids, m.id
                        FROM meant m JOIN agent a ON a.id = m.agent_id AND a.intake <> 'draining'
                       WHERE NOT EXISTS (SELECT FROM task q WHERE q.agent_id = m.agent_id AND q.issue_id = m.issue_id
                                            AND q.status = 'queued')
                       ORDER BY m.issue_id, m.agent_id, m.completed_at DESC
                      ON CONFLICT (issue_id, agent_id) WHERE status = 'queued' DO NOTHING
                      RETURNING n
                    ), taken AS (
                      UPDATE task t SET redriven_by = (n).id FROM made WHERE t.id = (n).parent_task_id
                    ), told AS (
                      INSERT INTO outbox (workspace_id, type, subject_id, seq, data)
                      SELECT (n).workspace_id, 'task.queued', (n).id, (n).event_seq, task_event(n) FROM made ORDER BY (n).id
                    )
                    SELECT (n).id FROM made ORDER BY 1
                    """
                        .formatted(MEANT)),
                viewer,
                filter)
            .param("limit", limit)
            .param("max_attempts", TaskTerms.ATTEMPTS)
            .query(Rows.id())
            .list();
    if (!made.isEmpty()) {
      outbox.wake();
    }
    return made;
  }

  private static JdbcClient.StatementSpec bind(
      JdbcClient.StatementSpec statement, Viewer viewer, Filter filter) {
    return statement
        .param("workspace", viewer.workspace().value())
        .param("user", viewer.user())
        .param("all", viewer.all())
        .param("task", filter.task())
        .param("agent", filter.agent())
        .param("runtime", filter.runtime())
        .param("reason", filter.reason());
  }
}
