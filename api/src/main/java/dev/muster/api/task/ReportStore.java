package dev.muster.api.task;

import dev.muster.events.attempt.Attempts;
import dev.muster.events.attempt.Deadlines;
import dev.muster.events.feed.Outbox;
import dev.muster.events.id.TaskId;
import dev.muster.events.sql.Rows;
import dev.muster.events.task.FailureReason;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/// What a runtime reports of its task: started, ended in one of the ways it can end. Each is one
/// guarded change with its events; empty means that the guard did not hold.
@Repository
class ReportStore {
  /// Who writes: the workspaces of the caller guard every statement, and the generation where one
  /// was sent.
  record Writer(TaskId task, List<UUID> workspaces, @Nullable Long generation) {
    /// Guards a statement on `task t`; bound by [#bind].
    static final String GUARD =
        """
        t.id = :task AND t.workspace_id = ANY (:workspaces)
               AND (:generation::bigint IS NULL OR t.claim_generation = :generation)\
        """;

    StatementSpec bind(StatementSpec statement) {
      return statement
          .param("task", task.value())
          .param("workspaces", workspaces.toArray(UUID[]::new))
          .param("generation", generation);
    }
  }

  /// The session a run has left, for the next one to go on with. Null where the daemon says none.
  record Session(@Nullable String id, @Nullable String workDir) {
    static final Session NONE = new Session(null, null);
  }

  private final JdbcClient db;
  private final Outbox outbox;
  private final Attempts attempts;
  private final Deadlines deadlines;

  ReportStore(JdbcClient db, Outbox outbox, Attempts attempts, Deadlines deadlines) {
    this.db = db;
    this.outbox = outbox;
    this.attempts = attempts;
    this.deadlines = deadlines;
  }

  Optional<TaskView> start(Writer writer) {
    var moved =
        writer
            .bind(
                db.sql(
                    """
                    WITH moved AS (
                      UPDATE task t
                         SET status = 'running', started_at = now(), deadline_reason = 'deadline_run',
                             deadline_at = now() + make_interval(secs => coalesce(t.timeout_seconds, :run)),
                             event_seq = t.event_seq + 1
                       WHERE %s AND t.status = 'dispatched'
                      RETURNING new AS t
                    ), told AS (
                      INSERT INTO outbox (workspace_id, type, subject_id, seq, data)
                      SELECT (t).workspace_id, 'task.running', (t).id, (t).event_seq, task_event(t) FROM moved
                    ), t AS (SELECT (t).* FROM moved)
                    SELECT %s FROM t
                    """
                        .formatted(Writer.GUARD, TaskView.COLUMNS)))
            .param("run", Deadlines.seconds(deadlines.run()))
            .query(Rows.of(TaskView.class))
            .optional();
    moved.ifPresent(_ -> outbox.wake());
    return moved;
  }

  /// Ends the task well, or, if somebody had asked for its end, as cancelled; its result is kept
  /// all the same.
  ///
  /// @param result the seed's result object
  /// @param output what the agent says; it becomes the agent's comment unless empty
  Optional<TaskView> complete(Writer writer, String result, String output, Session session) {
    var moved =
        writer
            .bind(
                db.sql(
                    """
                    WITH moved AS (
                      UPDATE task t
                         SET status = CASE WHEN t.cancel_requested_at IS NULL THEN 'completed' ELSE 'cancelled' END,
                             completed_at = now(), result = :result::jsonb,
                             session_id = coalesce(:session::text, t.session_id), work_dir = coalesce(:work_dir::text, t.work_dir),
                             session_runtime_id = CASE WHEN :session::text IS NULL THEN t.session_runtime_id ELSE t.runtime_id END,
                             failure_reason = CASE WHEN t.cancel_requested_at IS NOT NULL THEN 'cancelled' END,
                             deadline_at = NULL, deadline_reason = NULL, event_seq = t.event_seq + 1
                       WHERE %s AND t.status = 'running'
                      RETURNING new AS t
                    ), commented AS (
                      INSERT INTO comment AS c (issue_id, author_type, author_id, content, type)
                      SELECT (t).issue_id, 'agent', (t).agent_id, :text, 'comment' FROM moved
                       WHERE :text <> '' AND (t).status = 'completed'
                      RETURNING c
                    ), told AS (
                      INSERT INTO outbox (workspace_id, type, subject_id, seq, data)
                      SELECT (t).workspace_id, 'comment.created', (c).id, NULL, agent_comment_event(c) FROM commented, moved
                      UNION ALL
                      SELECT (t).workspace_id, 'task.' || (t).status, (t).id, (t).event_seq, task_event(t) FROM moved
                    ), t AS (SELECT (t).* FROM moved)
                    SELECT %s FROM t
                    """
                        .formatted(Writer.GUARD, TaskView.COLUMNS)))
            .param("text", output)
            .param("result", result)
            .param("session", session.id())
            .param("work_dir", session.workDir())
            .query(Rows.of(TaskView.class))
            .optional();
    moved.ifPresent(_ -> outbox.wake());
    return moved;
  }

  /// The run, or what came before it, went wrong.
  ///
  /// @param error what went wrong; it becomes the agent's comment unless empty, or unless the task
  ///   is tried again
  @Transactional
  public Optional<TaskView> fail(
      Writer writer, FailureReason reason, String error, Session session) {
    return end(writer, "t.status IN ('dispatched', 'running')", session, reason, error);
  }

  /// The runtime gives the task back.
  @Transactional
  public Optional<TaskView> release(Writer writer) {
    return end(
        writer, "t.status IN ('dispatched', 'running')", Session.NONE, FailureReason.RELEASED, "");
  }

  /// The runtime has ended the task as it was asked to.
  @Transactional
  public Optional<TaskView> acknowledgeCancel(Writer writer) {
    return end(
        writer,
        "t.status = 'running' AND t.cancel_requested_at IS NOT NULL",
        Session.NONE,
        FailureReason.CANCELLED,
        "");
  }

  /// Locks the task under the guard, and ends its attempt.
  private Optional<TaskView> end(
      Writer writer, String states, Session session, FailureReason reason, String error) {
    var locked =
        writer
            .bind(
                db.sql(
                    """
                    UPDATE task t
                       SET session_id = coalesce(:session::text, t.session_id), work_dir = coalesce(:work_dir::text, t.work_dir),
                           session_runtime_id = CASE WHEN :session::text IS NULL THEN t.session_runtime_id ELSE t.runtime_id END
                     WHERE %s AND %s
                    RETURNING t.id
                    """
                        .formatted(Writer.GUARD, states)))
            .param("session", session.id())
            .param("work_dir", session.workDir())
            .query(Rows.id())
            .list();
    attempts.end(locked, reason, error);
    return locked.isEmpty()
        ? Optional.empty()
        : db.sql("SELECT %s FROM task t WHERE t.id = :task".formatted(TaskView.COLUMNS))
            .param("task", writer.task().value())
            .query(Rows.of(TaskView.class))
            .optional();
  }
}
