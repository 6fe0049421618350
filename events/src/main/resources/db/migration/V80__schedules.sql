-- A schedule makes tasks by itself: by cron, at an interval, or once. It keeps the time that is due next (due_at), and when
-- that is to be acted on (next_run_at: later by the jitter, or by a pause after something failed); null while none is.
CREATE TABLE schedule (
  id                   uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  workspace_id         uuid NOT NULL REFERENCES workspace ON DELETE CASCADE,
  -- Without a reference: a schedule outlives its agent and says that it is gone. So nobody who deletes an agent waits for
  -- a schedule that waits for the agent.
  agent_id             uuid NOT NULL,
  created_by           uuid NOT NULL REFERENCES app_user ON DELETE CASCADE,
  title                text NOT NULL,
  prompt               text,
  priority             text NOT NULL,
  timeout_seconds      int CHECK (timeout_seconds > 0),
  idle_timeout_seconds int CHECK (idle_timeout_seconds > 0),
  concurrency_key      text,
  max_attempts         int NOT NULL CHECK (max_attempts > 0),
  cron                 text,
  time_zone            text,
  every_seconds        int CHECK (every_seconds > 0),
  starts_at            timestamptz,
  once_at              timestamptz,
  overlap              text NOT NULL CHECK (overlap IN ('skip', 'queue', 'cancel')),
  catch_up             int NOT NULL CHECK (catch_up >= 0),
  jitter_seconds       int NOT NULL CHECK (jitter_seconds >= 0),
  paused               boolean NOT NULL,
  due_at               timestamptz,
  next_run_at          timestamptz,
  fired                bigint NOT NULL DEFAULT 0,
  missed               bigint NOT NULL DEFAULT 0,
  last_run_at          timestamptz,
  last_task_id         uuid,
  last_error           text,
  created_at           timestamptz NOT NULL DEFAULT now(),
  updated_at           timestamptz NOT NULL DEFAULT now(),
  CHECK (num_nonnulls(cron, every_seconds, once_at) = 1),
  CHECK ((cron IS NULL) = (time_zone IS NULL) AND (every_seconds IS NULL) = (starts_at IS NULL)),
  CHECK ((due_at IS NULL) = (next_run_at IS NULL) AND due_at <= next_run_at AND NOT (paused AND due_at IS NOT NULL))
);
CREATE INDEX schedule_due ON schedule (next_run_at) WHERE next_run_at IS NOT NULL;
CREATE INDEX schedule_list ON schedule (workspace_id, created_at DESC, id DESC);

-- Whose run a task is. Without a reference: what a deleted schedule has made keeps its id, as history.
ALTER TABLE task ADD schedule_id uuid;
CREATE INDEX task_open_of_schedule ON task (schedule_id)
 WHERE schedule_id IS NOT NULL AND status IN ('queued', 'dispatched', 'running');
CREATE INDEX task_of_schedule ON task (schedule_id, created_at DESC, id DESC) WHERE schedule_id IS NOT NULL;

CREATE OR REPLACE FUNCTION task_event(t task) RETURNS jsonb LANGUAGE sql STABLE PARALLEL SAFE
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
  'comment_ids', to_jsonb((t).comment_ids), 'parent_task_id', (t).parent_task_id, 'schedule_id', (t).schedule_id);

CREATE FUNCTION schedule_event(s schedule) RETURNS jsonb LANGUAGE sql STABLE PARALLEL SAFE
RETURN jsonb_build_object(
  'id', (s).id, 'workspace_id', (s).workspace_id, 'agent_id', (s).agent_id, 'created_by', (s).created_by,
  'title', (s).title, 'prompt', (s).prompt, 'priority', (s).priority, 'timeout_seconds', (s).timeout_seconds,
  'idle_timeout_seconds', (s).idle_timeout_seconds, 'concurrency_key', (s).concurrency_key,
  'max_attempts', (s).max_attempts, 'cron', (s).cron, 'time_zone', (s).time_zone, 'every_seconds', (s).every_seconds,
  'starts_at', instant_text((s).starts_at), 'at', instant_text((s).once_at), 'overlap', (s).overlap,
  'catch_up', (s).catch_up, 'jitter_seconds', (s).jitter_seconds, 'paused', (s).paused,
  'next_run_at', instant_text((s).next_run_at), 'fired', (s).fired, 'missed', (s).missed,
  'last_run_at', instant_text((s).last_run_at), 'last_task_id', (s).last_task_id, 'last_error', (s).last_error,
  'created_at', instant_text((s).created_at), 'updated_at', instant_text((s).updated_at));
