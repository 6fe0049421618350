package dev.muster.tasks.store;

/// What a batch writes: sets of rows, as arrays. The guards are here, the decisions are not.
final class WriteSql {
  private WriteSql() {}

  static final String ISSUES =
      Columns.of(
              "id uuid",
              "workspace_id uuid",
              "number int4",
              "title text",
              "description text",
              "status text",
              "priority text",
              "assignee_type text",
              "assignee_id uuid",
              "creator_type text",
              "creator_id uuid",
              "parent_issue_id uuid",
              "due_date timestamptz")
          .insertInto("issue");

  private static final Columns FIXED =
      Columns.of(
          "id uuid",
          "workspace_id uuid",
          "agent_id uuid",
          "issue_id uuid",
          "pinned bool",
          "required_provider text",
          "required_labels text::jsonb",
          "priority int4",
          "max_attempts int4",
          "timeout_seconds int4",
          "idle_timeout_seconds int4",
          "agent_timeout_seconds int4",
          "agent_idle_timeout_seconds int4",
          "concurrency_key text",
          "expires_at timestamptz",
          "created_at timestamptz",
          "rank_at timestamptz",
          "parent_task_id uuid",
          "schedule_id uuid");

  private static final Columns MOVING =
      Columns.of(
          "runtime_id uuid",
          "status text",
          "attempt int4",
          "claim_generation int8",
          "event_seq int8",
          "result text::jsonb",
          "error text",
          "failure_reason text",
          "session_id text",
          "work_dir text",
          "session_runtime_id uuid",
          "queued_at timestamptz",
          "assigned_at timestamptz",
          "dispatched_at timestamptz",
          "delivered_at timestamptz",
          "started_at timestamptz",
          "completed_at timestamptz",
          "deadline_at timestamptz",
          "deadline_reason text",
          "ready bool",
          "run_after timestamptz",
          "cancel_requested_at timestamptz",
          "comment_ids text::uuid[]",
          "redriven_by uuid");

  static final String MADE = FIXED.and(MOVING).insertInto("task");

  /// The rows are locked since they were loaded; the guard says so again.
  static final String CHANGED =
      """
      UPDATE task t
         SET (%s) = (%s)
        FROM (%s) AS n
       WHERE t.id = n.of_id AND t.event_seq = n.was_seq AND t.status = n.was_status
      """
          .formatted(
              MOVING.names(),
              MOVING.names("n."),
              Columns.of("of_id uuid", "was_seq int8", "was_status text").and(MOVING).rows());

  static final String ATTEMPTS =
      Columns.of(
              "task_id uuid",
              "attempt int4",
              "claim_generation int8",
              "runtime_id uuid",
              "dispatched_at timestamptz",
              "started_at timestamptz",
              "failure_reason text",
              "error text")
          .insertInto("task_attempt");

  /// A comment that was to stand under one that is gone by now stands alone: a report does not fail
  /// for it.
  static final String COMMENTS =
      """
      INSERT INTO comment (id, issue_id, author_type, author_id, parent_id, content, type)
      SELECT n.id, n.issue_id, 'agent', n.author_id, (SELECT p.id FROM comment p WHERE p.id = n.parent_id FOR KEY SHARE), n.content,
             n.type
        FROM (%s) AS n
      """
          .formatted(
              Columns.of(
                      "id uuid",
                      "issue_id uuid",
                      "author_id uuid",
                      "parent_id uuid",
                      "content text",
                      "type text")
                  .rows());

  /// In one order for all, so that of those who insert the same keys none waits for the other.
  static final String KEYS =
      """
      INSERT INTO idempotency_key (scope, key, request_hash, task_id, claim_generation)
      SELECT scope, key, request_hash, task_id, claim_generation FROM (%s) AS n ORDER BY scope, key COLLATE "C"
      """
          .formatted(
              Columns.of(
                      "scope uuid",
                      "key text",
                      "request_hash text",
                      "task_id uuid",
                      "claim_generation int8")
                  .rows());

  static final String TRACES =
      Columns.of("task_id uuid", "traceparent text", "tracestate text").insertInto("task_trace");

  /// The first who asked counts.
  static final String CANCELS =
      Columns.of("task_id uuid", "author_type text", "author_id uuid").insertInto("task_cancel")
          + "\nON CONFLICT (task_id) DO NOTHING";

  static final String PACES =
      """
      INSERT INTO agent_pace AS p (agent_id, claimed_at, next_at)
      SELECT agent_id, now(), now() + tasks * interval '60 seconds' / coalesce(rate_per_minute, 60000)
        FROM (%s) AS n ORDER BY agent_id
      ON CONFLICT (agent_id) DO UPDATE
         SET claimed_at = excluded.claimed_at, next_at = greatest(p.next_at, now()) + (excluded.next_at - excluded.claimed_at)
      """
          .formatted(Columns.of("agent_id uuid", "tasks int4", "rate_per_minute int4").rows());

  /// In the order in which they happened, which is that of their ids.
  static final String EVENTS =
      """
      INSERT INTO outbox (workspace_id, type, subject_id, seq, data)
      SELECT workspace_id, type, subject_id, seq, data FROM (%s) AS n ORDER BY place
      """
          .formatted(
              Columns.of(
                      "place int4",
                      "workspace_id uuid",
                      "type text",
                      "subject_id uuid",
                      "seq int8",
                      "data text::json")
                  .rows());
}
