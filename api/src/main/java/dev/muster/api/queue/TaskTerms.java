package dev.muster.api.queue;

import java.time.Instant;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;

/// How a new task is to be run.
///
/// @param priority 0 (none) to 4 (urgent)
/// @param runAfter not before this
/// @param timeoutSeconds how long it may run; null for what is usual
/// @param concurrencyKey of all tasks of the workspace with this key, one runs at a time
/// @param maxAttempts how often it is tried
public record TaskTerms(
    int priority,
    @Nullable Instant runAfter,
    @Nullable Integer timeoutSeconds,
    @Nullable String concurrencyKey,
    int maxAttempts) {
  public static final int ATTEMPTS = 2;
  public static final int ATTEMPTS_MAX = 20;

  /// The columns that [#VALUES] are for.
  public static final String COLUMNS =
      """
      (workspace_id, agent_id, issue_id, runtime_id, pinned, required_provider, required_labels, priority, max_attempts,
       run_after, timeout_seconds, concurrency_key, ready, rank_at, expires_at, deadline_at, deadline_reason)\
      """;

  /// A task's values, for a query on its issue `i` and its agent `a`; bound by [#bind].
  public static final String VALUES =
      """
      i.workspace_id, a.id, i.id, a.runtime_id, a.runtime_id IS NOT NULL, a.provider, a.labels, :weight::int,
      :max_attempts::int, :run_after::timestamptz, :timeout_seconds::int, :concurrency_key::text,
      coalesce(:run_after::timestamptz <= now(), true),
      task_rank(greatest(now(), :run_after::timestamptz), :weight::int),
      greatest(now(), :run_after::timestamptz) + make_interval(secs => :queued_ttl::float8),
      coalesce(CASE WHEN :run_after::timestamptz > now() THEN :run_after::timestamptz END,
               now() + make_interval(secs => :queued_ttl::float8)),
      CASE WHEN :run_after::timestamptz > now() THEN 'ready' WHEN :queued_ttl::float8 IS NOT NULL THEN 'expired' END\
      """;

  public static TaskTerms of(int priority) {
    return new TaskTerms(priority, null, null, null, ATTEMPTS);
  }

  /// Binds what [#VALUES] needs.
  ///
  /// @param queuedTtlSeconds how long it may wait; null for as long as it takes
  public StatementSpec bind(StatementSpec statement, @Nullable Double queuedTtlSeconds) {
    return statement
        .param("weight", priority)
        .param("max_attempts", maxAttempts)
        .param("run_after", runAfter == null ? null : runAfter.atOffset(ZoneOffset.UTC))
        .param("timeout_seconds", timeoutSeconds)
        .param("concurrency_key", concurrencyKey)
        .param("queued_ttl", queuedTtlSeconds);
  }
}
