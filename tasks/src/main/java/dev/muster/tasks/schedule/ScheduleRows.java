package dev.muster.tasks.schedule;

import dev.muster.events.id.ScheduleId;
import dev.muster.events.id.TaskId;
import dev.muster.events.sql.Rows;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/// What the runs of schedules read and write in Postgres.
final class ScheduleRows {
  private final JdbcClient db;

  ScheduleRows(JdbcClient db) {
    this.db = db;
  }

  /// The database's clock; empty while nothing is due by it.
  Optional<Instant> clockIfDue() {
    return db.sql("SELECT now() WHERE EXISTS (SELECT FROM schedule WHERE next_run_at <= now())")
        .query((row, _) -> row.getObject(1, OffsetDateTime.class).toInstant())
        .optional();
  }

  /// What is due, the longest first.
  List<ScheduleId> due(Instant now, int max) {
    return db
        .sql("SELECT id FROM schedule WHERE next_run_at <= :now ORDER BY next_run_at LIMIT :max")
        .param("now", at(now))
        .param("max", max)
        .query(Rows.id())
        .list()
        .stream()
        .map(ScheduleId::new)
        .toList();
  }

  /// Locks a schedule that is due; empty if somebody else does that, or has done it.
  ///
  /// Its workspace is kept before anything is waited for: who deletes that waits for this schedule.
  Optional<Schedule> lockDue(ScheduleId schedule, Instant now) {
    return db.sql(
            """
            SELECT %s FROM schedule s JOIN workspace w ON w.id = s.workspace_id
             WHERE s.id = :id AND s.next_run_at <= :now
               FOR NO KEY UPDATE OF s SKIP LOCKED
               FOR KEY SHARE OF w SKIP LOCKED
            """
                .formatted(Schedule.COLUMNS))
        .param("id", schedule.value())
        .param("now", at(now))
        .query(Rows.of(Schedule.class))
        .optional();
  }

  /// Whether whoever made the schedule administers its workspace; empty if they are no member.
  Optional<Boolean> authorAdministers(Schedule schedule) {
    return db.sql(
            """
            SELECT role IN ('owner', 'admin') FROM member WHERE workspace_id = :workspace AND user_id = :user
            """)
        .param("workspace", schedule.workspaceId())
        .param("user", schedule.createdBy())
        .query((row, _) -> row.getBoolean(1))
        .optional();
  }

  /// The schedule's runs that are not over, the oldest first.
  List<TaskId> open(ScheduleId schedule, int max) {
    return db
        .sql(
            """
            SELECT id FROM task WHERE schedule_id = :schedule AND status IN ('queued', 'dispatched', 'running')
             ORDER BY created_at, id LIMIT :max
            """)
        .param("schedule", schedule.value())
        .param("max", max)
        .query(Rows.id())
        .list()
        .stream()
        .map(TaskId::new)
        .toList();
  }

  /// What a firing leaves.
  ///
  /// @param due the time that is due next; null if there is none
  /// @param actedOn when that is acted on
  /// @param error why the last run could not be made; null to leave what is there
  record Left(
      @Nullable Instant due,
      @Nullable Instant actedOn,
      boolean paused,
      int fired,
      int missed,
      @Nullable TaskId lastTask,
      @Nullable String error) {}

  void leave(ScheduleId schedule, Left left) {
    db.sql(
            """
            UPDATE schedule
               SET due_at = :due, next_run_at = :acted_on, paused = :paused, fired = fired + :fired, missed = missed + :missed,
                   last_run_at = CASE WHEN :task::uuid IS NULL THEN last_run_at ELSE now() END,
                   last_task_id = coalesce(:task::uuid, last_task_id),
                   last_error = CASE WHEN :task::uuid IS NULL THEN coalesce(:error, last_error) ELSE :error END
             WHERE id = :id
            """)
        .param("id", schedule.value())
        .param("due", at(left.due()))
        .param("acted_on", at(left.actedOn()))
        .param("paused", left.paused())
        .param("fired", left.fired())
        .param("missed", left.missed())
        .param("task", left.lastTask() == null ? null : left.lastTask().value())
        .param("error", left.error())
        .update();
  }

  /// Tries a time that is due again later.
  void putOff(ScheduleId schedule, Instant until, String error) {
    db.sql(
            """
            UPDATE schedule SET next_run_at = :until, last_error = :error WHERE id = :id AND next_run_at < :until
            """)
        .param("id", schedule.value())
        .param("until", at(until))
        .param("error", error)
        .update();
  }

  private static @Nullable OffsetDateTime at(@Nullable Instant instant) {
    return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
  }
}
