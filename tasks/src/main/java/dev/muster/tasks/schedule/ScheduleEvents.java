package dev.muster.tasks.schedule;

import dev.muster.events.EventType;
import dev.muster.events.feed.Outbox;
import dev.muster.events.id.ScheduleId;
import dev.muster.events.id.TaskId;
import dev.muster.events.id.UserId;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/// What the feed is told of schedules, in the transaction that changes them, after the change.
public final class ScheduleEvents {
  private final JdbcClient db;
  private final Outbox outbox;

  public ScheduleEvents(JdbcClient db, Outbox outbox) {
    this.db = db;
    this.outbox = outbox;
  }

  /// Tells of the schedule as it is now.
  ///
  /// @param reason why it was paused by itself; null where somebody changed it
  public void changed(ScheduleId schedule, EventType type, @Nullable NotRun reason) {
    db.sql(
            """
            INSERT INTO outbox (workspace_id, type, subject_id, data)
            SELECT s.workspace_id, :type, s.id, jsonb_build_object('schedule', schedule_event(s))
                   || CASE WHEN :reason::text IS NULL THEN '{}' ELSE jsonb_build_object('reason', :reason::text) END
              FROM schedule s WHERE s.id = :id
            """)
        .param("id", schedule.value())
        .param("type", type.wire())
        .param("reason", reason == null ? null : reason.wire())
        .update();
    outbox.wake();
  }

  /// Tells of a run.
  ///
  /// @param due the time that was due; null for one that somebody asked for
  /// @param by who asked for it
  void fired(ScheduleId schedule, TaskId task, @Nullable Instant due, @Nullable UserId by) {
    db.sql(
            """
            INSERT INTO outbox (workspace_id, type, subject_id, data)
            SELECT s.workspace_id, 'schedule.fired', s.id, jsonb_build_object(
                     'schedule_id', s.id, 'workspace_id', s.workspace_id, 'title', s.title, 'agent_id', s.agent_id,
                     'task_id', t.id, 'issue_id', t.issue_id, 'due_at', instant_text(:due), 'requested_by', :by::uuid,
                     'next_run_at', instant_text(s.next_run_at))
              FROM schedule s JOIN task t ON t.id = :task WHERE s.id = :id
            """)
        .param("id", schedule.value())
        .param("task", task.value())
        .param("due", due == null ? null : due.atOffset(ZoneOffset.UTC))
        .param("by", by == null ? null : by.value())
        .update();
    outbox.wake();
  }

  /// Tells of times that were due and have no task.
  ///
  /// @param times in order
  void missed(ScheduleId schedule, NotRun reason, List<Instant> times) {
    db.sql(
            """
            INSERT INTO outbox (workspace_id, type, subject_id, data)
            SELECT s.workspace_id, 'schedule.missed', s.id, jsonb_build_object(
                     'schedule_id', s.id, 'workspace_id', s.workspace_id, 'title', s.title, 'agent_id', s.agent_id,
                     'reason', :reason::text, 'count', :count::int, 'first_due_at', instant_text(:first),
                     'last_due_at', instant_text(:last), 'next_run_at', instant_text(s.next_run_at))
              FROM schedule s WHERE s.id = :id
            """)
        .param("id", schedule.value())
        .param("reason", reason.wire())
        .param("count", times.size())
        .param("first", times.getFirst().atOffset(ZoneOffset.UTC))
        .param("last", times.getLast().atOffset(ZoneOffset.UTC))
        .update();
    outbox.wake();
  }
}
