package dev.muster.tasks.schedule;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.muster.events.id.ScheduleId;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// A schedule's row.
///
/// @param agentId whose tasks it makes; it may be gone
/// @param createdBy whose rights its runs have
/// @param cron five fields, by the clocks of `timeZone`; null where it has another recurrence
/// @param everySeconds how long it is from one run to the next, the first being at `startsAt`
/// @param onceAt when it runs, if it runs once
/// @param catchUp how many runs it makes at most of those that it has missed
/// @param jitterSeconds how much later than it is due a run may be made, at random
/// @param dueAt the time that is due next; null while it is paused, and when there is none
/// @param nextRunAt when that is acted on
/// @param fired how many tasks it has made
/// @param missed how many times that were due have no task
/// @param lastError why the last run could not be made; null if it could
public record Schedule(
    UUID id,
    UUID workspaceId,
    UUID agentId,
    UUID createdBy,
    String title,
    @Nullable String prompt,
    String priority,
    @Nullable Integer timeoutSeconds,
    @Nullable Integer idleTimeoutSeconds,
    @Nullable String concurrencyKey,
    int maxAttempts,
    @Nullable String cron,
    @Nullable String timeZone,
    @Nullable Integer everySeconds,
    @Nullable Instant startsAt,
    @JsonProperty("at") @Nullable Instant onceAt,
    String overlap,
    int catchUp,
    int jitterSeconds,
    boolean paused,
    @JsonIgnore @Nullable Instant dueAt,
    @Nullable Instant nextRunAt,
    long fired,
    long missed,
    @Nullable Instant lastRunAt,
    @Nullable UUID lastTaskId,
    @Nullable String lastError,
    Instant createdAt,
    Instant updatedAt) {
  /// Its columns, for a query on `schedule s`.
  public static final String COLUMNS =
      """
      s.id, s.workspace_id, s.agent_id, s.created_by, s.title, s.prompt, s.priority, s.timeout_seconds, s.idle_timeout_seconds,
      s.concurrency_key, s.max_attempts, s.cron, s.time_zone, s.every_seconds, s.starts_at, s.once_at, s.overlap, s.catch_up,
      s.jitter_seconds, s.paused, s.due_at, s.next_run_at, s.fired, s.missed, s.last_run_at, s.last_task_id, s.last_error,
      s.created_at, s.updated_at\
      """;

  public ScheduleId scheduleId() {
    return new ScheduleId(id);
  }

  public Recurrence recurrence() {
    if (cron != null) {
      return switch (Cron.parse(cron)) {
        case Cron parsed ->
            new Recurrence.ByCron(parsed, ZoneId.of(Objects.requireNonNull(timeZone)));
        case ParsedCron.Wrong(var position, var reason) ->
            throw new IllegalStateException(
                "schedule %s: cron at position %d: %s".formatted(id, position, reason));
      };
    }
    return everySeconds != null
        ? new Recurrence.Interval(
            Duration.ofSeconds(everySeconds), Objects.requireNonNull(startsAt))
        : new Recurrence.Once(Objects.requireNonNull(onceAt));
  }

  /// When a time that is due is acted on: later by a random part of the jitter, and before the next
  /// one is due.
  public static Instant actedOn(Instant due, Recurrence recurrence, int jitterSeconds) {
    var room =
        recurrence
            .next(due)
            .map(next -> Duration.between(due, next).minusSeconds(1).toMillis())
            .orElse(Long.MAX_VALUE);
    var most = Math.clamp(jitterSeconds * 1_000L, 0, Math.max(0, room));
    return due.plusMillis(ThreadLocalRandom.current().nextLong(most + 1));
  }
}
