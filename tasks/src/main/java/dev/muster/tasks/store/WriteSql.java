package dev.muster.tasks.store;

/// What a batch writes: sets of rows, as arrays. The guards are here, the decisions are not.
final class WriteSql {
  private WriteSql() {}

  static final String ISSUES =
      """
      INSERT INTO issue (id, workspace_id, number, title, description, status, priority, assignee_type, assignee_id, creator_type,
                         creator_id, parent_issue_id, due_date)
      SELECT id, workspace_id, number, title, description, status, priority, assignee_type, assignee_id, creator_type, creator_id,
             parent_issue_id, due_date
        FROM unnest(?::uuid[], ?::uuid[], ?::int[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::uuid[], ?::text[],
                    ?::uuid[], ?::uuid[], ?::timestamptz[])
             AS n (id, workspace_id, number, title, description, status, priority, assignee_type, assignee_id, creator_type,
                   creator_id, parent_issue_id, due_date)
      """;

  private static final String MOVING_ARRAYS =
      """
      ?::uuid[], ?::text[], ?::int[], ?::bigint[], ?::bigint[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[],
                    ?::uuid[], ?::timestamptz[], ?::timestamptz[], ?::timestamptz[], ?::timestamptz[], ?::timestamptz[],
                    ?::timestamptz[], ?::timestamptz[], ?::text[], ?::bool[], ?::timestamptz[], ?::timestamptz[], ?::text[],
                    ?::uuid[]\
      """;

  private static final String MOVING =
      """
      runtime_id, status, attempt, claim_generation, event_seq, result, error, failure_reason, session_id, work_dir,
                   session_runtime_id, queued_at, assigned_at, dispatched_at, delivered_at, started_at, completed_at, deadline_at,
                   deadline_reason, ready, run_after, cancel_requested_at, comment_ids, redriven_by\
      """;

  private static final String MOVING_VALUES =
      """
      n.runtime_id, n.status, n.attempt, n.claim_generation, n.event_seq, n.result::jsonb, n.error, n.failure_reason,
             n.session_id, n.work_dir, n.session_runtime_id, n.queued_at, n.assigned_at, n.dispatched_at, n.delivered_at,
             n.started_at, n.completed_at, n.deadline_at, n.deadline_reason, n.ready, n.run_after, n.cancel_requested_at,
             n.comment_ids::uuid[], n.redriven_by\
      """;

  static final String MADE =
      """
      INSERT INTO task (id, workspace_id, agent_id, issue_id, pinned, required_provider, required_labels, priority, max_attempts,
                        timeout_seconds, idle_timeout_seconds, agent_timeout_seconds, agent_idle_timeout_seconds,
                        concurrency_key, expires_at, created_at, rank_at, parent_task_id, schedule_id,
                        %1$s)
      SELECT n.id, n.workspace_id, n.agent_id, n.issue_id, n.pinned, n.required_provider, n.required_labels::jsonb, n.priority,
             n.max_attempts, n.timeout_seconds, n.idle_timeout_seconds, n.agent_timeout_seconds, n.agent_idle_timeout_seconds,
             n.concurrency_key, n.expires_at, n.created_at, n.rank_at, n.parent_task_id, n.schedule_id,
             %2$s
        FROM unnest(?::uuid[], ?::uuid[], ?::uuid[], ?::uuid[], ?::bool[], ?::text[], ?::text[], ?::int[], ?::int[], ?::int[],
                    ?::int[], ?::int[], ?::int[], ?::text[], ?::timestamptz[], ?::timestamptz[], ?::timestamptz[], ?::uuid[],
                    ?::uuid[],
                    %3$s)
             AS n (id, workspace_id, agent_id, issue_id, pinned, required_provider, required_labels, priority, max_attempts,
                   timeout_seconds, idle_timeout_seconds, agent_timeout_seconds, agent_idle_timeout_seconds,
                   concurrency_key, expires_at, created_at, rank_at, parent_task_id, schedule_id,
                   %1$s)
      """
          .formatted(MOVING, MOVING_VALUES, MOVING_ARRAYS);

  /// The rows are locked since they were loaded; the guard says so again.
  static final String CHANGED =
      """
      UPDATE task t
         SET (%1$s) =
             (%2$s)
        FROM unnest(?::uuid[], ?::bigint[], ?::text[],
                    %3$s)
             AS n (id, was_seq, was_status,
                   %1$s)
       WHERE t.id = n.id AND t.event_seq = n.was_seq AND t.status = n.was_status
      """
          .formatted(MOVING, MOVING_VALUES, MOVING_ARRAYS);

  static final String ATTEMPTS =
      """
      INSERT INTO task_attempt (task_id, attempt, claim_generation, runtime_id, dispatched_at, started_at, failure_reason, error)
      SELECT * FROM unnest(?::uuid[], ?::int[], ?::bigint[], ?::uuid[], ?::timestamptz[], ?::timestamptz[], ?::text[], ?::text[])
      """;

  /// A comment that was to stand under one that is gone by now stands alone: a report does not fail
  /// for it.
  static final String COMMENTS =
      """
      INSERT INTO comment (id, issue_id, author_type, author_id, parent_id, content, type)
      SELECT n.id, n.issue_id, 'agent', n.author_id, (SELECT p.id FROM comment p WHERE p.id = n.parent_id FOR KEY SHARE), n.content,
             n.type
        FROM unnest(?::uuid[], ?::uuid[], ?::uuid[], ?::uuid[], ?::text[], ?::text[])
             AS n (id, issue_id, author_id, parent_id, content, type)
      """;

  static final String KEYS =
      """
      INSERT INTO idempotency_key (scope, key, request_hash, task_id, claim_generation)
      SELECT scope, key, request_hash, task_id, claim_generation
        FROM unnest(?::uuid[], ?::text[], ?::text[], ?::uuid[], ?::bigint[])
             WITH ORDINALITY AS n (scope, key, request_hash, task_id, claim_generation, place)
       ORDER BY place
      """;

  static final String TRACES =
      """
      INSERT INTO task_trace (task_id, traceparent, tracestate) SELECT * FROM unnest(?::uuid[], ?::text[], ?::text[])
      """;

  /// The first who asked counts.
  static final String CANCELS =
      """
      INSERT INTO task_cancel (task_id, author_type, author_id) SELECT * FROM unnest(?::uuid[], ?::text[], ?::uuid[])
      ON CONFLICT (task_id) DO NOTHING
      """;

  static final String PACES =
      """
      INSERT INTO agent_pace AS p (agent_id, claimed_at, next_at)
      SELECT agent_id, now(), now() + tasks * interval '60 seconds' / coalesce(rate_per_minute, 60000)
        FROM unnest(?::uuid[], ?::int[], ?::int[]) AS n (agent_id, tasks, rate_per_minute) ORDER BY agent_id
      ON CONFLICT (agent_id) DO UPDATE
         SET claimed_at = excluded.claimed_at, next_at = greatest(p.next_at, now()) + (excluded.next_at - excluded.claimed_at)
      """;

  /// In the order in which they happened, which is that of their ids.
  static final String EVENTS =
      """
      INSERT INTO outbox (workspace_id, type, subject_id, seq, data)
      SELECT workspace_id, type, subject_id, seq, data::json
        FROM unnest(?::uuid[], ?::text[], ?::uuid[], ?::bigint[], ?::text[])
             WITH ORDINALITY AS n (workspace_id, type, subject_id, seq, data, place)
       ORDER BY place
      """;
}
