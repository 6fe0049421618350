package dev.muster.api.task;

import dev.muster.events.feed.Outbox;
import dev.muster.events.id.TaskId;
import dev.muster.events.sql.Rows;
import dev.muster.events.task.FailureReason;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/// What a runtime reports of its task: started, completed, failed. Each is one guarded statement
/// that changes the state, leaves the agent's comment and tells the feed; zero rows means that the
/// guard did not hold.
@Repository
class ReportStore {
  private final JdbcClient db;
  private final Outbox outbox;

  ReportStore(JdbcClient db, Outbox outbox) {
    this.db = db;
    this.outbox = outbox;
  }

  /// Who reports: the workspaces of the caller guard every statement, and the generation where one
  /// was sent.
  record Writer(TaskId task, List<UUID> workspaces, @Nullable Long generation) {}

  private static final String GUARD =
      """
       t.id = :task AND t.workspace_id = ANY (:workspaces)
             AND (:generation::bigint IS NULL OR t.claim_generation = :generation)
      """;

  Optional<TaskView> start(Writer writer) {
    return told(
        writer,
        """
        WITH moved AS (
          UPDATE task t SET status = 'running', started_at = now(), deadline_at = NULL, event_seq = t.event_seq + 1
           WHERE %s AND t.status = 'dispatched'
          RETURNING new AS t
        ), told AS (
          INSERT INTO outbox (workspace_id, type, subject_id, seq, data)
          SELECT (t).workspace_id, 'task.running', (t).id, (t).event_seq, task_event(t) FROM moved
        ), t AS (SELECT (t).* FROM moved)
        SELECT %s FROM t
        """,
        "",
        "{}",
        null,
        null);
  }

  /// @param result the seed's result object
  /// @param output what the agent says; it becomes the agent's comment unless empty
  Optional<TaskView> complete(
      Writer writer,
      String result,
      String output,
      @Nullable String sessionId,
      @Nullable String workDir) {
    return told(
        writer,
        """
        WITH moved AS (
          UPDATE task t
             SET status = 'completed', completed_at = now(), result = :result::jsonb, session_id = :session_id,
                 work_dir = :work_dir, deadline_at = NULL, failure_reason = NULL, event_seq = t.event_seq + 1
           WHERE %s AND t.status = 'running'
          RETURNING new AS t
        ), commented AS (
          INSERT INTO comment AS c (issue_id, author_type, author_id, content, type)
          SELECT (t).issue_id, 'agent', (t).agent_id, :text, 'comment' FROM moved WHERE :text <> ''
          RETURNING c
        ), told AS (
          INSERT INTO outbox (workspace_id, type, subject_id, seq, data)
          SELECT (t).workspace_id, 'comment.created', (c).id, NULL, agent_comment_event(c) FROM commented, moved
          UNION ALL
          SELECT (t).workspace_id, 'task.completed', (t).id, (t).event_seq, task_event(t) FROM moved
        ), t AS (SELECT (t).* FROM moved)
        SELECT %s FROM t
        """,
        output,
        result,
        sessionId,
        workDir);
  }

  /// @param error what went wrong; it becomes the agent's comment unless empty
  Optional<TaskView> fail(Writer writer, String error) {
    return told(
        writer,
        """
        WITH moved AS (
          UPDATE task t
             SET status = 'failed', completed_at = now(), error = :text, failure_reason = '%s', deadline_at = NULL,
                 event_seq = t.event_seq + 1
           WHERE %%s AND t.status IN ('dispatched', 'running')
          RETURNING new AS t
        ), commented AS (
          INSERT INTO comment AS c (issue_id, author_type, author_id, content, type)
          SELECT (t).issue_id, 'agent', (t).agent_id, :text, 'system' FROM moved WHERE :text <> ''
          RETURNING c
        ), told AS (
          INSERT INTO outbox (workspace_id, type, subject_id, seq, data)
          SELECT (t).workspace_id, 'comment.created', (c).id, NULL, agent_comment_event(c) FROM commented, moved
          UNION ALL
          SELECT (t).workspace_id, 'task.failed', (t).id, (t).event_seq, task_event(t) FROM moved
        ), t AS (SELECT (t).* FROM moved)
        SELECT %%s FROM t
        """
            .formatted(FailureReason.AGENT_ERROR.wire()),
        error,
        "{}",
        null,
        null);
  }

  private Optional<TaskView> told(
      Writer writer,
      String statement,
      String text,
      String result,
      @Nullable String sessionId,
      @Nullable String workDir) {
    var moved =
        db.sql(statement.formatted(GUARD, TaskView.COLUMNS))
            .param("task", writer.task().value())
            .param("workspaces", writer.workspaces().toArray(UUID[]::new))
            .param("generation", writer.generation())
            .param("text", text)
            .param("result", result)
            .param("session_id", sessionId)
            .param("work_dir", workDir)
            .query(Rows.of(TaskView.class))
            .optional();
    if (moved.isPresent()) {
      outbox.wake();
    }
    return moved;
  }
}
