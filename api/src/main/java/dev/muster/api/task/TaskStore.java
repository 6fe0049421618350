package dev.muster.api.task;

import dev.muster.api.access.Caller;
import dev.muster.api.edge.IdempotencyKey;
import dev.muster.api.edge.Limits;
import dev.muster.api.edge.Page;
import dev.muster.api.edge.Refused;
import dev.muster.api.edge.RowCursor;
import dev.muster.events.id.AgentId;
import dev.muster.events.id.TaskId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.sql.Rows;
import dev.muster.tasks.command.TaskView;
import dev.muster.tasks.store.IdleRuns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/// Tasks, to read.
@Repository
class TaskStore {
  private static final String AFTER =
      " AND (t.created_at, t.id) < (to_timestamp(:after_time::bigint / 1e6), :after_id::uuid)";

  private final JdbcClient db;

  TaskStore(JdbcClient db) {
    this.db = db;
  }

  /// One attempt at a task. The last one has no end while it lasts.
  record Attempt(
      int attempt,
      long claimGeneration,
      @Nullable UUID runtimeId,
      @Nullable Instant dispatchedAt,
      @Nullable Instant startedAt,
      @Nullable Instant endedAt,
      @Nullable String failureReason,
      @Nullable String error) {
    /// The attempt that a task is in.
    static Attempt current(TaskView task) {
      return new Attempt(
          task.attempt(),
          task.claimGeneration(),
          task.runtimeId(),
          task.dispatchedAt(),
          task.startedAt(),
          null,
          task.failureReason(),
          task.error());
    }
  }

  /// Whether a request with that key has made a task.
  boolean isMade(WorkspaceId workspace, IdempotencyKey key) {
    return db.sql(
            "SELECT EXISTS (SELECT FROM idempotency_key WHERE scope = :workspace AND key = :key)")
        .param("workspace", workspace.value())
        .param("key", key.key())
        .query(Boolean.class)
        .single();
  }

  Optional<TaskView> find(TaskId task) {
    return db.sql("SELECT " + TaskView.COLUMNS + " FROM task t WHERE t.id = :task")
        .param("task", task.value())
        .query(Rows.of(TaskView.class))
        .optional();
  }

  /// The task, if the writer's claim is the one it is held by.
  Optional<TaskView> heldBy(RunStore.Writer writer) {
    return writer
        .bind(
            db.sql(
                "SELECT %s FROM task t WHERE %s AND t.status IN ('dispatched', 'running')"
                    .formatted(TaskView.COLUMNS, RunStore.Writer.GUARD)))
        .query(Rows.of(TaskView.class))
        .optional();
  }

  /// What a run has to do with the comments of its issue.
  ///
  /// @param hasSpoken whether the agent has commented there since the run began
  /// @param askedBy the comment that set it to work, if it is still there
  record Talk(boolean hasSpoken, @Nullable UUID askedBy) {}

  Optional<Talk> talk(TaskId task) {
    return db.sql(
            """
            SELECT EXISTS (SELECT FROM comment c
                            WHERE c.issue_id = t.issue_id AND c.created_at >= t.started_at AND c.author_type = 'agent'
                              AND c.author_id = t.agent_id AND c.type = 'comment') AS has_spoken,
                   (SELECT c.id FROM task_trigger g JOIN comment c ON c.id = g.comment_id
                     WHERE g.task_id IN (t.id, t.parent_task_id) AND c.issue_id = t.issue_id LIMIT 1) AS asked_by
              FROM task t WHERE t.id = :task
            """)
        .param("task", task.value())
        .query(Rows.of(Talk.class))
        .optional();
  }

  /// A page of the agent's tasks, the newest first.
  Page<TaskView> ofAgent(AgentId agent, @Nullable RowCursor after, int limit) {
    var query =
        """
        SELECT %s FROM task t
         WHERE t.agent_id = :agent%s
         ORDER BY t.created_at DESC, t.id DESC
        """
            .formatted(TaskView.COLUMNS, after == null ? "" : AFTER);
    var statement =
        db.sql(page(query))
            .param("agent", agent.value())
            .param("after_id", after == null ? null : after.id())
            .param("after_time", after == null ? null : after.micros());
    return Page.read(statement, limit, Rows.of(TaskView.class));
  }

  private static String page(String query) {
    return Page.sql(query, "created_at DESC, id DESC", "result", "error", "comment_ids");
  }

  /// What the agent did for the issue, or of all agents; the newest first, a page of it at most.
  ///
  /// @param agent null for all
  List<TaskView> ofIssue(UUID issue, @Nullable UUID agent) {
    var query =
        """
        SELECT %s FROM task t
         WHERE t.issue_id = :issue%s
         ORDER BY t.created_at DESC, t.id DESC
        """
            .formatted(TaskView.COLUMNS, agent == null ? "" : " AND t.agent_id = :agent");
    var statement = db.sql(page(query)).param("issue", issue).param("agent", agent);
    return Page.read(statement, Limits.PAGE, Rows.of(TaskView.class)).rows();
  }

  /// Whether the caller may see the agent: it is of one of their workspaces, and not somebody
  /// else's private one.
  boolean isAgentFor(Caller caller, AgentId agent) {
    return db.sql(
            """
            SELECT EXISTS (
              SELECT FROM agent a
               WHERE a.id = :agent AND a.workspace_id = ANY (:workspaces)
                 AND (a.visibility = 'workspace' OR a.owner_id = :user OR a.workspace_id = ANY (:administered)))
            """)
        .param("agent", agent.value())
        .param("user", caller.user().value())
        .param("workspaces", caller.workspaces())
        .param("administered", caller.administered())
        .query(Boolean.class)
        .single();
  }

  /// The task with its issue, its attempts, and why it waits.
  ///
  /// @throws Refused 404 if it is gone
  TaskDetail detail(TaskId task) {
    var found =
        db.sql(
                """
                SELECT %s, waiting_reason(t) AS waiting_reason,
                       CASE WHEN t.status = 'running' THEN %s END AS last_activity_at,
                       (SELECT max(b.stopped_until) FROM budget b
                         WHERE b.scope_id IN (t.agent_id, t.workspace_id) AND b.stopped_until > now()) AS stopped_until,
                       i.title AS issue_title,
                       w.issue_prefix || '-' || i.number AS issue_identifier, a.name AS agent_name,
                       c.author_type AS canceller_type, c.author_id AS canceller_id,
                       CASE c.author_type WHEN 'member' THEN (SELECT u.name FROM app_user u WHERE u.id = c.author_id)
                                          WHEN 'agent' THEN (SELECT x.name FROM agent x WHERE x.id = c.author_id)
                                          END AS canceller_name
                  FROM task t
                  JOIN issue i ON i.id = t.issue_id JOIN workspace w ON w.id = t.workspace_id JOIN agent a ON a.id = t.agent_id
                  LEFT JOIN task_cancel c ON c.task_id = t.id
                 WHERE t.id = :task
                """
                    .formatted(TaskView.COLUMNS, IdleRuns.LAST_ACTIVITY))
            .param("task", task.value())
            .query(TaskStore::detailRow)
            .optional()
            .orElseThrow(() -> Refused.notFound("task not found"));
    var view = found.task();
    return view.claimGeneration() == 0
        ? found
        : new TaskDetail(
            view,
            found.issue(),
            found.agentName(),
            found.waiting(),
            found.lastActivityAt(),
            found.cancelledBy(),
            attempts(task),
            usage(task));
  }

  private static TaskDetail detailRow(ResultSet row, int number) throws SQLException {
    var view = Objects.requireNonNull(Rows.of(TaskView.class).mapRow(row, number));
    var issue =
        new TaskDetail.IssueOf(
            view.issueId(), row.getString("issue_identifier"), row.getString("issue_title"));
    var reason = row.getString("waiting_reason");
    return new TaskDetail(
        view,
        issue,
        row.getString("agent_name"),
        reason == null
            ? null
            : TaskDetail.Waiting.of(reason, view.runAfter(), instant(row, "stopped_until")),
        instant(row, "last_activity_at"),
        canceller(row),
        List.of(),
        List.of());
  }

  private static TaskDetail.@Nullable Canceller canceller(ResultSet row) throws SQLException {
    var type = row.getString("canceller_type");
    return type == null
        ? null
        : new TaskDetail.Canceller(
            type,
            Objects.requireNonNull(row.getObject("canceller_id", UUID.class)),
            row.getString("canceller_name"));
  }

  private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    var at = row.getObject(column, OffsetDateTime.class);
    return at == null ? null : at.toInstant();
  }

  private List<RunStore.Usage> usage(TaskId task) {
    return db.sql(
            """
            SELECT provider, model, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens
              FROM task_usage WHERE task_id = :task ORDER BY provider, model
            """)
        .param("task", task.value())
        .query(Rows.of(RunStore.Usage.class))
        .list();
  }

  /// The attempts of a task in order, the current or last one included.
  List<Attempt> attempts(TaskId task) {
    return db.sql(
            """
            SELECT attempt, claim_generation, runtime_id, dispatched_at, started_at, ended_at, failure_reason, error
              FROM task_attempt WHERE task_id = :task
            UNION ALL
            SELECT attempt, claim_generation, runtime_id, dispatched_at, started_at, completed_at, failure_reason, error
              FROM task WHERE id = :task AND dispatched_at IS NOT NULL
             ORDER BY claim_generation
            """)
        .param("task", task.value())
        .query(Rows.of(Attempt.class))
        .list();
  }
}
