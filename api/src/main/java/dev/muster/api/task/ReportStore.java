package dev.muster.api.task;

import dev.muster.events.attempt.Attempts;
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

/// What a runtime reports of an attempt that came to nothing: failed, given back, ended as it was
/// asked to. Each is one guarded change with its events; empty means that the guard did not hold.
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
  private final Attempts attempts;

  ReportStore(JdbcClient db, Attempts attempts) {
    this.db = db;
    this.attempts = attempts;
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
