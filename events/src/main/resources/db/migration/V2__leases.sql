-- Leases, fencing of processes, order and fairness, dead letters, output of tasks.

-- What a person or a daemon lets in: open; paused: nothing new is begun; draining: nothing new, and what waits goes elsewhere
-- (a runtime) or is not taken any more (an agent).
ALTER TABLE runtime
  ADD intake         text NOT NULL DEFAULT 'open' CHECK (intake IN ('open', 'paused', 'draining')),
  -- Sends heartbeats and does not claim what waits for it.
  ADD deaf           boolean NOT NULL DEFAULT false,
  -- Never said how many tasks it takes at once: runs one after the other, and claims only when it has nothing to do.
  ADD serial         boolean NOT NULL DEFAULT true,
  -- What the daemon's process calls itself, and the processes it took over from, the newest first.
  ADD process_id     text,
  ADD superseded_ids text[] NOT NULL DEFAULT '{}';
UPDATE runtime SET serial = (max_concurrent_tasks = 1);

-- The last ten processes, the newest first.
CREATE FUNCTION superseded(process text, earlier text[]) RETURNS text[] LANGUAGE sql IMMUTABLE
RETURN (process || earlier)[1:10];

ALTER TABLE runtime_liveness ADD last_claim_at timestamptz;

ALTER TABLE agent
  ADD intake          text NOT NULL DEFAULT 'open' CHECK (intake IN ('open', 'paused', 'draining')),
  ADD rate_per_minute int CHECK (rate_per_minute > 0);

-- When the agent was last given a task, and when the next is due by its rate. Written by claims, under the agent's lock.
CREATE TABLE agent_pace (
  agent_id   uuid PRIMARY KEY REFERENCES agent ON DELETE CASCADE,
  claimed_at timestamptz NOT NULL,
  next_at    timestamptz NOT NULL
) WITH (fillfactor = 50);

ALTER TABLE task
  -- Whether it may be claimed; false until run_after.
  ADD ready               boolean NOT NULL DEFAULT true,
  ADD run_after           timestamptz,
  -- Its place in the queue, see task_rank.
  ADD rank_at             timestamptz NOT NULL DEFAULT now(),
  ADD expires_at          timestamptz,
  ADD timeout_seconds     int CHECK (timeout_seconds > 0),
  ADD concurrency_key     text,
  ADD cancel_requested_at timestamptz,
  -- What it means when deadline_at passes.
  ADD deadline_reason     text,
  -- The runtime that session_id and work_dir belong to.
  ADD session_runtime_id  uuid,
  -- Comments that came while it waited; its run answers them all.
  ADD comment_ids         uuid[] NOT NULL DEFAULT '{}',
  ADD parent_task_id      uuid,
  ADD redriven_by         uuid,
  ADD CHECK (deadline_at IS NULL OR deadline_reason IS NOT NULL) NOT VALID;

-- Ten minutes of waiting outweigh one step of priority. The order between two waiting tasks never changes, so an index holds
-- it; and none is passed by what comes more than 40 minutes after it, whatever its priority.
CREATE FUNCTION task_rank(since timestamptz, priority int) RETURNS timestamptz LANGUAGE sql STABLE
RETURN since - priority * interval '10 minutes';

UPDATE task
   SET rank_at = task_rank(created_at, priority),
       session_runtime_id = CASE WHEN session_id IS NOT NULL THEN runtime_id END,
       deadline_reason = CASE status WHEN 'dispatched' THEN 'deadline_start' WHEN 'running' THEN 'deadline_run'
                                     ELSE CASE WHEN deadline_at IS NOT NULL THEN 'assigned' END END,
       deadline_at = CASE WHEN status = 'running' THEN now() + interval '12 hours' ELSE deadline_at END
 WHERE status IN ('queued', 'dispatched', 'running') OR session_id IS NOT NULL;

DROP INDEX task_claimable, task_unassigned;
CREATE INDEX task_claimable ON task (runtime_id, agent_id, rank_at, id) WHERE status = 'queued' AND ready;
CREATE INDEX task_unassigned ON task (workspace_id, rank_at, id) WHERE status = 'queued' AND ready AND assigned_at IS NULL;
CREATE UNIQUE INDEX task_active_key ON task (workspace_id, concurrency_key)
  WHERE status IN ('dispatched', 'running') AND concurrency_key IS NOT NULL;
CREATE INDEX task_dead_letter ON task (workspace_id, completed_at DESC, id DESC) WHERE status = 'failed' AND redriven_by IS NULL;

ALTER TABLE task_attempt ADD error text;

-- What a request with an Idempotency-Key made. scope: the runtime of a claim, the workspace of a new task.
CREATE TABLE idempotency_key (
  scope            uuid NOT NULL,
  key              text NOT NULL,
  request_hash     text NOT NULL,
  task_id          uuid NOT NULL,
  claim_generation bigint NOT NULL,
  created_at       timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (scope, key)
);
CREATE INDEX idempotency_key_age ON idempotency_key (created_at);

-- What a running task says. seq is the runtime's, dense per claim.
CREATE TABLE task_message (
  task_id          uuid NOT NULL REFERENCES task ON DELETE CASCADE,
  claim_generation bigint NOT NULL,
  seq              int NOT NULL,
  type             text NOT NULL,
  tool             text NOT NULL DEFAULT '',
  content          text NOT NULL DEFAULT '',
  input            jsonb,
  output           text NOT NULL DEFAULT '',
  created_at       timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (task_id, claim_generation, seq)
);
CREATE INDEX task_message_age ON task_message USING brin (created_at);

CREATE TABLE task_usage (
  task_id            uuid NOT NULL REFERENCES task ON DELETE CASCADE,
  provider           text NOT NULL,
  model              text NOT NULL,
  input_tokens       bigint NOT NULL DEFAULT 0,
  output_tokens      bigint NOT NULL DEFAULT 0,
  cache_read_tokens  bigint NOT NULL DEFAULT 0,
  cache_write_tokens bigint NOT NULL DEFAULT 0,
  updated_at         timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (task_id, provider, model)
);

-- One row. When deadlines were last looked at, and when an api was last able to take reports: time that passed without one of
-- them is nobody's fault, and is given back.
CREATE TABLE server_clock (
  id          int PRIMARY KEY DEFAULT 1 CHECK (id = 1),
  swept_at    timestamptz NOT NULL DEFAULT now(),
  api_seen_at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 50);
INSERT INTO server_clock DEFAULT VALUES;

CREATE OR REPLACE FUNCTION task_event(t task) RETURNS jsonb LANGUAGE sql STABLE PARALLEL SAFE
RETURN jsonb_build_object(
  'id', (t).id, 'workspace_id', (t).workspace_id, 'agent_id', (t).agent_id, 'issue_id', (t).issue_id,
  'runtime_id', (t).runtime_id, 'pinned', (t).pinned, 'status', (t).status, 'priority', (t).priority,
  'attempt', (t).attempt, 'max_attempts', (t).max_attempts, 'claim_generation', (t).claim_generation,
  'created_at', (t).created_at, 'queued_at', (t).queued_at, 'assigned_at', (t).assigned_at,
  'dispatched_at', (t).dispatched_at, 'started_at', (t).started_at, 'completed_at', (t).completed_at,
  'result', (t).result, 'error', (t).error, 'failure_reason', (t).failure_reason,
  'session_id', (t).session_id, 'work_dir', (t).work_dir, 'run_after', (t).run_after,
  'concurrency_key', (t).concurrency_key, 'cancel_requested_at', (t).cancel_requested_at,
  'comment_ids', to_jsonb((t).comment_ids), 'parent_task_id', (t).parent_task_id);

CREATE OR REPLACE FUNCTION runtime_view(r runtime, last_seen_at timestamptz) RETURNS jsonb LANGUAGE sql STABLE
RETURN jsonb_build_object(
  'id', (r).id, 'workspace_id', (r).workspace_id, 'daemon_id', (r).daemon_id, 'name', (r).name,
  'runtime_mode', (r).runtime_mode, 'provider', (r).provider, 'status', (r).status, 'device_info', (r).device_info,
  'metadata', (r).metadata, 'labels', (r).labels, 'max_concurrent_tasks', (r).max_concurrent_tasks,
  'intake', (r).intake, 'deaf', (r).deaf, 'process_id', (r).process_id,
  'last_seen_at', to_char(last_seen_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
  'created_at', to_char((r).created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
  'updated_at', to_char((r).updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'));

-- Why a queued task waits, in one word; null if it does not. The words are those of WaitingReason.
CREATE FUNCTION waiting_reason(t task) RETURNS text LANGUAGE sql STABLE
RETURN (
  SELECT CASE
    WHEN (t).status <> 'queued' THEN NULL
    WHEN NOT (t).ready THEN CASE WHEN (t).attempt > 1 THEN 'backoff' ELSE 'scheduled' END
    WHEN a.intake = 'paused' THEN 'agent_paused'
    WHEN EXISTS (SELECT FROM task x WHERE x.agent_id = (t).agent_id AND x.issue_id = (t).issue_id
                   AND x.status IN ('dispatched', 'running')) THEN 'issue_busy'
    WHEN (t).concurrency_key IS NOT NULL
         AND EXISTS (SELECT FROM task x WHERE x.workspace_id = (t).workspace_id AND x.concurrency_key = (t).concurrency_key
                       AND x.status IN ('dispatched', 'running')) THEN 'key_busy'
    WHEN (SELECT count(*) FROM task x WHERE x.agent_id = a.id AND x.status IN ('dispatched', 'running'))
         >= a.max_concurrent_tasks THEN 'agent_full'
    WHEN EXISTS (SELECT FROM agent_pace p WHERE p.agent_id = a.id AND a.rate_per_minute IS NOT NULL
                   AND p.next_at > now() + interval '60 seconds' - interval '60 seconds' / a.rate_per_minute) THEN 'rate_limited'
    ELSE (
      SELECT CASE
        WHEN count(*) = 0 THEN 'no_runtime_fits'
        WHEN bool_and(r.status = 'offline') THEN 'all_offline'
        WHEN bool_and(r.status = 'offline' OR r.intake <> 'open') THEN 'runtime_paused'
        WHEN bool_and(r.status = 'offline' OR r.intake <> 'open' OR r.deaf) THEN 'runtime_deaf'
        WHEN bool_and(r.status = 'offline' OR r.intake <> 'open' OR r.deaf
                      OR (SELECT count(*) FROM task x WHERE x.runtime_id = r.id AND x.status IN ('dispatched', 'running'))
                         >= r.max_concurrent_tasks) THEN 'runtime_full'
        WHEN (t).runtime_id IS NULL THEN 'unassigned'
        ELSE 'unclaimed' END
        FROM runtime r
       WHERE r.id = (t).runtime_id
          OR (t).runtime_id IS NULL AND r.workspace_id = (t).workspace_id
             AND ((t).required_provider IS NULL OR r.provider = (t).required_provider)
             AND r.labels @> (t).required_labels)
    END
    FROM agent a WHERE a.id = (t).agent_id);
