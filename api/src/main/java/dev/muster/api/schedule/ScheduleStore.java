package dev.muster.api.schedule;

import dev.muster.api.access.AgentRule;
import dev.muster.api.access.Caller;
import dev.muster.api.edge.Page;
import dev.muster.api.edge.RowCursor;
import dev.muster.events.id.AgentId;
import dev.muster.events.id.ScheduleId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.sql.Rows;
import dev.muster.tasks.schedule.Schedule;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;
import org.springframework.stereotype.Component;

/// The rows of schedules, as people change them.
@Component
class ScheduleStore {
  private static final String LIST =
      Page.sql(
          """
          SELECT %s FROM schedule s
           WHERE s.workspace_id = :workspace
             AND (s.created_at, s.id) < (coalesce(to_timestamp(:after_time::bigint / 1e6), 'infinity'),
                                         coalesce(:after_id::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
           ORDER BY s.created_at DESC, s.id DESC
          """
              .formatted(Schedule.COLUMNS),
          "created_at DESC, id DESC",
          "prompt");

  private final JdbcClient db;

  ScheduleStore(JdbcClient db) {
    this.db = db;
  }

  /// The database's clock, which decides when schedules are due.
  Instant now() {
    return db.sql("SELECT now()")
        .query((row, _) -> row.getObject(1, OffsetDateTime.class).toInstant())
        .single();
  }

  int count(WorkspaceId workspace) {
    return db.sql("SELECT count(*) FROM schedule WHERE workspace_id = :workspace")
        .param("workspace", workspace.value())
        .query(Integer.class)
        .single();
  }

  /// A page of a workspace's schedules, the newest first.
  Page<Schedule> list(WorkspaceId workspace, @Nullable RowCursor after, int limit) {
    var statement =
        db.sql(LIST)
            .param("workspace", workspace.value())
            .param("after_id", after == null ? null : after.id())
            .param("after_time", after == null ? null : after.micros());
    return Page.read(statement, limit, Rows.of(Schedule.class));
  }

  /// The schedule, if it is of one of the caller's workspaces.
  Optional<Schedule> find(Caller caller, UUID id) {
    return db.sql(
            "SELECT %s FROM schedule s WHERE s.id = :id AND s.workspace_id = ANY (:workspaces)"
                .formatted(Schedule.COLUMNS))
        .param("id", id)
        .param("workspaces", caller.workspaces())
        .query(Rows.of(Schedule.class))
        .optional();
  }

  /// The schedule with its row locked. Its workspace is kept first: who deletes that comes to the
  /// schedule in the same order.
  Optional<Schedule> lock(ScheduleId schedule) {
    var kept =
        db.sql(
                """
                SELECT w.id FROM schedule s JOIN workspace w ON w.id = s.workspace_id WHERE s.id = :id FOR KEY SHARE OF w
                """)
            .param("id", schedule.value())
            .query(Rows.id())
            .optional();
    return kept.isEmpty()
        ? Optional.empty()
        : db.sql(
                "SELECT %s FROM schedule s WHERE s.id = :id FOR NO KEY UPDATE"
                    .formatted(Schedule.COLUMNS))
            .param("id", schedule.value())
            .query(Rows.of(Schedule.class))
            .optional();
  }

  /// Whether an agent takes work from whoever made the schedule.
  boolean isAgentFor(Schedule schedule, AgentId agent) {
    return db.sql(
            """
            SELECT EXISTS (
              SELECT FROM member m, LATERAL (SELECT m.role IN ('owner', 'admin') AS administers) r, agent
               WHERE m.workspace_id = :workspace AND m.user_id = :viewer
                 AND agent.id = :agent AND agent.workspace_id = :workspace AND %s)
            """
                .formatted(AgentRule.SQL.replace(":sees_all", "r.administers")))
        .param("workspace", schedule.workspaceId())
        .param("viewer", schedule.createdBy())
        .param("agent", agent.value())
        .query(Boolean.class)
        .single();
  }

  /// What is written of a schedule.
  ///
  /// @param due the time that is due next; null while it is paused
  record Written(
      AgentId agent,
      ScheduleFields.Checked fields,
      When when,
      @Nullable Instant due,
      @Nullable Instant actedOn) {}

  ScheduleId insert(WorkspaceId workspace, UUID author, Written written) {
    var statement =
        db.sql(
                """
                INSERT INTO schedule (workspace_id, created_by, agent_id, title, prompt, priority, timeout_seconds,
                                      idle_timeout_seconds, concurrency_key, max_attempts, cron, time_zone, every_seconds,
                                      starts_at, once_at, overlap, catch_up, jitter_seconds, paused, due_at, next_run_at)
                VALUES (:workspace, :author, :agent, :title, :prompt, :priority, :timeout_seconds, :idle_timeout_seconds,
                        :concurrency_key, :max_attempts, :cron, :time_zone, :every_seconds, :starts_at, :once_at, :overlap,
                        :catch_up, :jitter_seconds, false, :due_at, :next_run_at)
                RETURNING id
                """)
            .param("workspace", workspace.value())
            .param("author", author);
    return new ScheduleId(with(statement, written).query(Rows.id()).single());
  }

  void update(ScheduleId schedule, Written written) {
    var statement =
        db.sql(
                """
                UPDATE schedule
                   SET agent_id = :agent, title = :title, prompt = :prompt, priority = :priority,
                       timeout_seconds = :timeout_seconds, idle_timeout_seconds = :idle_timeout_seconds,
                       concurrency_key = :concurrency_key, max_attempts = :max_attempts, cron = :cron,
                       time_zone = :time_zone, every_seconds = :every_seconds, starts_at = :starts_at, once_at = :once_at,
                       overlap = :overlap, catch_up = :catch_up, jitter_seconds = :jitter_seconds, due_at = :due_at,
                       next_run_at = :next_run_at, last_error = NULL, updated_at = now()
                 WHERE id = :id
                """)
            .param("id", schedule.value());
    with(statement, written).update();
  }

  private static StatementSpec with(StatementSpec statement, Written written) {
    var fields = written.fields();
    var when = written.when();
    return statement
        .param("agent", written.agent().value())
        .param("title", fields.title())
        .param("prompt", fields.prompt())
        .param("priority", fields.priority().wire())
        .param("timeout_seconds", fields.limits().timeoutSeconds())
        .param("idle_timeout_seconds", fields.limits().idleTimeoutSeconds())
        .param("concurrency_key", fields.concurrencyKey())
        .param("max_attempts", fields.maxAttempts())
        .param("cron", when.cron())
        .param("time_zone", when.timeZone())
        .param("every_seconds", when.everySeconds())
        .param("starts_at", at(when.startsAt()))
        .param("once_at", at(when.onceAt()))
        .param("overlap", fields.overlap().wire())
        .param("catch_up", fields.catchUp())
        .param("jitter_seconds", fields.jitterSeconds())
        .param("due_at", at(written.due()))
        .param("next_run_at", at(written.actedOn()));
  }

  /// Pauses a schedule, or lets it go on.
  ///
  /// @param due the time that is due next; null to pause
  void setDue(ScheduleId schedule, @Nullable Instant due, @Nullable Instant actedOn) {
    db.sql(
            """
            UPDATE schedule
               SET paused = (:due::timestamptz IS NULL), due_at = :due::timestamptz, next_run_at = :acted_on::timestamptz,
                   last_error = CASE WHEN :due::timestamptz IS NULL THEN last_error END, updated_at = now()
             WHERE id = :id
            """)
        .param("id", schedule.value())
        .param("due", at(due))
        .param("acted_on", at(actedOn))
        .update();
  }

  void delete(ScheduleId schedule) {
    db.sql("DELETE FROM schedule WHERE id = :id").param("id", schedule.value()).update();
  }

  private static @Nullable OffsetDateTime at(@Nullable Instant instant) {
    return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
  }
}
