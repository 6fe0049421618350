package dev.muster.tasks.store;

import dev.muster.events.id.AgentId;
import dev.muster.events.id.IssueId;
import dev.muster.events.id.RuntimeId;
import dev.muster.events.id.ScheduleId;
import dev.muster.events.id.TaskId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.task.DeadlineReason;
import dev.muster.events.task.FailureReason;
import dev.muster.events.task.TaskState;
import dev.muster.tasks.command.Limits;
import dev.muster.tasks.decide.Situation.Loaded;
import dev.muster.tasks.decide.Task;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Rows of `task t` as tasks, read by their places: this is on the path of every request.
final class TaskRows {
  /// A task, and of its issue `i` what its end or its claim needs. To be followed by description,
  /// session and directory of the prior run: [#PRIOR], or [#NO_PRIOR].
  static final String COLUMNS =
      """
      t.id, t.workspace_id, t.agent_id, t.issue_id, t.runtime_id, t.pinned, t.required_provider, t.required_labels::text,
             t.status, t.priority, t.attempt, t.max_attempts, t.claim_generation, t.event_seq, t.result::text, t.error,
             t.failure_reason, t.session_id, t.work_dir, t.session_runtime_id, t.created_at, t.queued_at, t.assigned_at,
             t.dispatched_at, t.delivered_at, t.started_at, t.completed_at, t.deadline_at, t.deadline_reason, t.ready,
             t.run_after, t.rank_at, t.expires_at, t.timeout_seconds, t.idle_timeout_seconds, t.agent_timeout_seconds,
             t.agent_idle_timeout_seconds, t.concurrency_key, t.schedule_id, t.cancel_requested_at, t.comment_ids, t.parent_task_id, t.redriven_by, i.title, i.status\
      """;

  static final String NO_PRIOR = ", NULL::text, NULL::text, NULL::text";

  /// With [#PRIOR_JOIN].
  static final String PRIOR = ", i.description, prior.session_id, prior.work_dir";

  /// The agent's last completed run on the issue that left a session on the task's runtime.
  static final String PRIOR_JOIN =
      """
      LEFT JOIN LATERAL (
        SELECT p.session_id, p.work_dir FROM task p
         WHERE p.issue_id = t.issue_id AND p.agent_id = t.agent_id AND p.runtime_id = t.runtime_id
           AND p.status = 'completed' AND p.session_id IS NOT NULL
         ORDER BY p.completed_at DESC LIMIT 1) prior ON true
      """;

  private final ResultSet row;
  private int column;

  private TaskRows(ResultSet row) {
    this.row = row;
  }

  /// Reads a row of [#COLUMNS] and what follows them.
  static Loaded read(ResultSet row) throws SQLException {
    return new TaskRows(row).loaded();
  }

  private Loaded loaded() throws SQLException {
    var id = new TaskId(uuid());
    var workspace = new WorkspaceId(uuid());
    var agent = new AgentId(uuid());
    var issue = new IssueId(uuid());
    var runtime = runtime();
    var needs = new Task.Needs(row.getBoolean(++column), textOrNull(), text());
    var state = TaskState.of(text());
    var priority = row.getInt(++column);
    var attempt = row.getInt(++column);
    var maxAttempts = row.getInt(++column);
    var generation = row.getLong(++column);
    var seq = row.getLong(++column);
    var result = textOrNull();
    var error = textOrNull();
    var reason = reason(textOrNull());
    var session = new Task.Session(textOrNull(), textOrNull(), runtime());
    var createdAt = time();
    var queuedAt = time();
    var assignedAt = timeOrNull();
    var dispatchedAt = timeOrNull();
    var deliveredAt = timeOrNull();
    var startedAt = timeOrNull();
    var completedAt = timeOrNull();
    var deadline = deadline(timeOrNull(), textOrNull());
    var ready = row.getBoolean(++column);
    var runAfter = timeOrNull();
    var place = new Task.Place(runtime, ready, time(), runAfter, queuedAt, assignedAt);
    var expiresAt = timeOrNull();
    var terms =
        new Task.Terms(
            priority, maxAttempts, limits(), limits(), textOrNull(), expiresAt, schedule());
    var lease = new Task.Lease(dispatchedAt, deliveredAt, startedAt, timeOrNull());
    var comments = List.of((UUID[]) row.getArray(++column).getArray());
    var parent = task();
    var end = new Task.End(completedAt, result, error, reason, task());
    var task =
        new Task(
            id,
            workspace,
            agent,
            issue,
            createdAt,
            parent,
            needs,
            terms,
            state,
            attempt,
            generation,
            seq,
            place,
            lease,
            deadline,
            session,
            end,
            comments);
    return new Loaded(
        task, text(), text(), textOrNull(), new Task.Session(textOrNull(), textOrNull(), runtime));
  }

  private UUID uuid() throws SQLException {
    return Objects.requireNonNull(row.getObject(++column, UUID.class));
  }

  private @Nullable RuntimeId runtime() throws SQLException {
    var id = row.getObject(++column, UUID.class);
    return id == null ? null : new RuntimeId(id);
  }

  private @Nullable ScheduleId schedule() throws SQLException {
    var id = row.getObject(++column, UUID.class);
    return id == null ? null : new ScheduleId(id);
  }

  private @Nullable TaskId task() throws SQLException {
    var id = row.getObject(++column, UUID.class);
    return id == null ? null : new TaskId(id);
  }

  private String text() throws SQLException {
    return Objects.requireNonNull(row.getString(++column));
  }

  private @Nullable String textOrNull() throws SQLException {
    return row.getString(++column);
  }

  private Limits limits() throws SQLException {
    var limits = limits(row, column + 1);
    column += 2;
    return limits;
  }

  /// Limits, the first in this column and the second in the next.
  static Limits limits(ResultSet row, int column) throws SQLException {
    var timeout = integerOrNull(row, column);
    var idle = integerOrNull(row, column + 1);
    return timeout == null && idle == null ? Limits.NONE : new Limits(timeout, idle);
  }

  private static @Nullable Integer integerOrNull(ResultSet row, int column) throws SQLException {
    var number = row.getInt(column);
    return row.wasNull() ? null : number;
  }

  private Instant time() throws SQLException {
    return Objects.requireNonNull(timeOrNull());
  }

  private @Nullable Instant timeOrNull() throws SQLException {
    return time(row, ++column);
  }

  static @Nullable Instant time(ResultSet row, int column) throws SQLException {
    var time = row.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }

  private static Task.@Nullable Deadline deadline(@Nullable Instant at, @Nullable String reason) {
    return at == null || reason == null ? null : new Task.Deadline(at, DeadlineReason.of(reason));
  }

  private static @Nullable FailureReason reason(@Nullable String wire) {
    return wire == null
        ? null
        : FailureReason.of(wire)
            .orElseThrow(() -> new IllegalStateException("no task fails for " + wire));
  }
}
