-- An instant has one spelling in events: RFC 3339, Z, microseconds. What the log has of earlier events stays as it was
-- said, so the earlier form of a task's event is kept for who compares them with rows.
CREATE FUNCTION instant_text(at timestamptz) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
RETURN to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');

ALTER FUNCTION task_event(task) RENAME TO task_event_before_v61;
CREATE FUNCTION task_event(t task) RETURNS jsonb LANGUAGE sql STABLE PARALLEL SAFE
RETURN jsonb_build_object(
  'id', (t).id, 'workspace_id', (t).workspace_id, 'agent_id', (t).agent_id, 'issue_id', (t).issue_id,
  'runtime_id', (t).runtime_id, 'pinned', (t).pinned, 'status', (t).status, 'priority', (t).priority,
  'attempt', (t).attempt, 'max_attempts', (t).max_attempts, 'claim_generation', (t).claim_generation,
  'attempt_id', CASE WHEN (t).claim_generation > 0 THEN attempt_id((t).id, (t).claim_generation) END,
  'created_at', instant_text((t).created_at), 'queued_at', instant_text((t).queued_at), 'assigned_at', instant_text((t).assigned_at),
  'dispatched_at', instant_text((t).dispatched_at), 'started_at', instant_text((t).started_at), 'completed_at', instant_text((t).completed_at),
  'result', (t).result, 'error', (t).error, 'failure_reason', (t).failure_reason,
  'session_id', (t).session_id, 'work_dir', (t).work_dir, 'run_after', instant_text((t).run_after),
  'concurrency_key', (t).concurrency_key, 'cancel_requested_at', instant_text((t).cancel_requested_at),
  'comment_ids', to_jsonb((t).comment_ids), 'parent_task_id', (t).parent_task_id);

CREATE OR REPLACE FUNCTION budget_event(b budget) RETURNS jsonb LANGUAGE sql STABLE
RETURN jsonb_build_object(
  'scope', CASE WHEN (b).agent_id IS NULL THEN 'workspace' ELSE 'agent' END, 'workspace_id', (b).workspace_id,
  'agent_id', (b).agent_id, 'tokens_per_day', (b).tokens_per_day, 'date', (b).day, 'spent', (b).spent,
  'stopped_until', instant_text((b).stopped_until))
  || coalesce((SELECT jsonb_build_object('agent', jsonb_build_object('id', a.id, 'visibility', a.visibility,
                                                                     'owner_id', a.owner_id))
                 FROM agent a WHERE a.id = (b).agent_id AND a.visibility = 'private'), '{}');
