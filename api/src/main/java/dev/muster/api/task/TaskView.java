package dev.muster.api.task;

import com.fasterxml.jackson.annotation.JsonRawValue;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A task as clients see it: the seed's members, and behind them our own.
///
/// @param runtimeId where it runs, or may run; null while the dispatcher has not chosen
/// @param priority 0 (none) to 4 (urgent)
/// @param result what the runtime reported, a JSON object
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
    @Nullable String failureReason) {
  /// The columns of a view, for a query on `task t`.
  static final String COLUMNS =
      """
      t.id, t.agent_id, t.runtime_id, t.issue_id, t.status, t.priority, t.dispatched_at, t.started_at, t.completed_at,
      t.result::text AS result, t.error, t.created_at, t.workspace_id, t.attempt, t.max_attempts, t.claim_generation,
      t.assigned_at, t.failure_reason\
      """;
}
