-- Daemons that know each claim of a task by an id of its own, and the tokens that their agents have for as long as that claim
-- lasts. The same id in Java: AttemptId.
CREATE FUNCTION attempt_id(task uuid, generation bigint) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (SELECT (substr(hash, 1, 12) || '8' || substr(hash, 13, 3) || '8' || substr(hash, 16, 15))::uuid
          FROM (SELECT encode(sha256(convert_to(task::text || ':' || generation, 'UTF8')), 'hex') AS hash) AS hashed);

-- One row for each time that a claim was answered. token_hash is the lower-case hex SHA-256 of the whole token.
-- session_id: the session that the claim was answered with.
CREATE TABLE task_token (
  id               uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  token_hash       text NOT NULL UNIQUE,
  attempt_id       uuid NOT NULL,
  task_id          uuid NOT NULL REFERENCES task ON DELETE CASCADE,
  claim_generation bigint NOT NULL,
  runtime_id       uuid NOT NULL,
  user_id          uuid REFERENCES app_user ON DELETE SET NULL,
  session_id       text,
  created_at       timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX task_token_attempt ON task_token (attempt_id);
CREATE INDEX task_token_task ON task_token (task_id);
CREATE INDEX task_token_user ON task_token (user_id);

-- The comment that set an agent to work, where one did.
CREATE TABLE task_trigger (
  task_id    uuid PRIMARY KEY REFERENCES task ON DELETE CASCADE,
  comment_id uuid NOT NULL
);

CREATE OR REPLACE FUNCTION task_event(t task) RETURNS jsonb LANGUAGE sql STABLE PARALLEL SAFE
RETURN jsonb_build_object(
  'id', (t).id, 'workspace_id', (t).workspace_id, 'agent_id', (t).agent_id, 'issue_id', (t).issue_id,
  'runtime_id', (t).runtime_id, 'pinned', (t).pinned, 'status', (t).status, 'priority', (t).priority,
  'attempt', (t).attempt, 'max_attempts', (t).max_attempts, 'claim_generation', (t).claim_generation,
  'attempt_id', CASE WHEN (t).claim_generation > 0 THEN attempt_id((t).id, (t).claim_generation) END,
  'created_at', (t).created_at, 'queued_at', (t).queued_at, 'assigned_at', (t).assigned_at,
  'dispatched_at', (t).dispatched_at, 'started_at', (t).started_at, 'completed_at', (t).completed_at,
  'result', (t).result, 'error', (t).error, 'failure_reason', (t).failure_reason,
  'session_id', (t).session_id, 'work_dir', (t).work_dir, 'run_after', (t).run_after,
  'concurrency_key', (t).concurrency_key, 'cancel_requested_at', (t).cancel_requested_at,
  'comment_ids', to_jsonb((t).comment_ids), 'parent_task_id', (t).parent_task_id);
