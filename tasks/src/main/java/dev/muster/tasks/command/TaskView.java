package dev.muster.tasks.command;

import com.fasterxml.jackson.annotation.JsonRawValue;
import dev.muster.events.task.FailureReason;
import dev.muster.events.task.Standing;
import dev.muster.events.task.TaskState;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A task as clients see it: Multica's members first, then our own.
///
/// @param runtimeId where it runs, or may run; null while the dispatcher has not chosen
/// @param priority 0 (none) to 4 (urgent)
/// @param result what the runtime reported, a JSON object
/// @param cancelRequestedAt when somebody asked for its end while it ran
/// @param runAfter before which it is not begun
/// @param concurrencyKey of all tasks of the workspace with this key, one runs at a time
/// @param timeoutSeconds how long it may run, by itself or its agent; null for what is usual
/// @param idleTimeoutSeconds how long of that without a sign of its agent
/// @param commentIds the comments that came while it waited, a JSON array
/// @param parentTaskId the task it was redriven from
/// @param redrivenBy the task that took its place
/// @param scheduleId whose run it is, or is another run of; null for what somebody asked for
public record TaskView(
    UUID id,
    UUID agentId,
    @Nullable UUID runtimeId,
    UUID issueId,
    String status,
    int priority,
    @Nullable Instant dispatchedAt,
    @Nullable Instant startedAt,
    @Nullable Instant completedAt,
    @JsonRawValue @Nullable String result,
    @Nullable String error,
    Instant createdAt,
    UUID workspaceId,
    int attempt,
    int maxAttempts,
    long claimGeneration,
    @Nullable Instant assignedAt,
    @Nullable String failureReason,
    @Nullable Instant cancelRequestedAt,
    @Nullable Instant runAfter,
    @Nullable Instant deadlineAt,
    @Nullable String concurrencyKey,
    @Nullable Integer timeoutSeconds,
    @Nullable Integer idleTimeoutSeconds,
    @JsonRawValue String commentIds,
    @Nullable UUID parentTaskId,
    @Nullable UUID redrivenBy,
    @Nullable UUID scheduleId) {
  /// The columns of a view, for a query on `task t`.
  public static final String COLUMNS =
      """
      t.id, t.agent_id, t.runtime_id, t.issue_id, t.status, t.priority, t.dispatched_at, t.started_at, t.completed_at,
      t.result::text AS result, t.error, t.created_at, t.workspace_id, t.attempt, t.max_attempts, t.claim_generation,
      t.assigned_at, t.failure_reason, t.cancel_requested_at, t.run_after, t.deadline_at, t.concurrency_key,
      coalesce(t.timeout_seconds, t.agent_timeout_seconds) AS timeout_seconds,
      coalesce(t.idle_timeout_seconds, t.agent_idle_timeout_seconds) AS idle_timeout_seconds, to_json(t.comment_ids)::text AS comment_ids, t.parent_task_id, t.redriven_by, t.schedule_id\
      """;

  /// Where the task stands for the next command.
  public Standing standing() {
    var state = TaskState.of(status);
    return new Standing(
        state,
        state == TaskState.RUNNING && cancelRequestedAt != null,
        attempt < maxAttempts,
        state == TaskState.QUEUED
            && failureReason != null
            && FailureReason.of(failureReason).map(FailureReason::mayStillEnd).orElse(false));
  }
}
