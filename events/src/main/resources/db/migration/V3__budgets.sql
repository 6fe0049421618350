-- Token usage as events, and budgets of tokens a day. What is used is counted as it is reported, so that a claim reads one
-- timestamp by its key and sums nothing.

-- What a runtime has used on the last day on which something was reported: by its own totals, and by its tasks. Both may tell
-- of the same tokens, so the greater counts. No foreign keys here: reports must not wait for whoever deletes an agent.
CREATE TABLE runtime_spending (
  runtime_id   uuid PRIMARY KEY,
  workspace_id uuid NOT NULL,
  day          date NOT NULL,
  reported     numeric NOT NULL,
  by_tasks     numeric NOT NULL
) WITH (fillfactor = 50);
CREATE INDEX runtime_spending_workspace ON runtime_spending (workspace_id);

-- Of an agent or a whole workspace: its budget, if it has one, what was used on `day`, and until when nothing is begun.
CREATE TABLE budget (
  scope_id       uuid PRIMARY KEY,
  workspace_id   uuid NOT NULL,
  agent_id       uuid,
  tokens_per_day bigint CHECK (tokens_per_day > 0),
  day            date NOT NULL,
  spent          numeric NOT NULL DEFAULT 0,
  stopped_until  timestamptz,
  -- The day of which it was last told that the budget is reached.
  told_on        date
) WITH (fillfactor = 50);
CREATE INDEX budget_workspace ON budget (workspace_id);

-- What was used since the last report. numeric, since totals may be anything that fits a bigint, also less than before.
CREATE FUNCTION usage_event(workspace uuid, agent uuid, issue uuid, runtime uuid, task uuid, source text, day date, provider text,
                            model text, input numeric, output numeric, cache_read numeric, cache_write numeric)
RETURNS jsonb LANGUAGE sql IMMUTABLE
RETURN jsonb_build_object(
  'workspace_id', workspace, 'agent_id', agent, 'issue_id', issue, 'runtime_id', runtime, 'task_id', task, 'source', source,
  'date', day, 'provider', provider, 'model', model, 'input_tokens', input, 'output_tokens', output,
  'cache_read_tokens', cache_read, 'cache_write_tokens', cache_write);

CREATE FUNCTION budget_event(b budget) RETURNS jsonb LANGUAGE sql STABLE
RETURN jsonb_build_object(
  'scope', CASE WHEN (b).agent_id IS NULL THEN 'workspace' ELSE 'agent' END, 'workspace_id', (b).workspace_id,
  'agent_id', (b).agent_id, 'tokens_per_day', (b).tokens_per_day, 'date', (b).day, 'spent', (b).spent,
  'stopped_until', (b).stopped_until);

CREATE OR REPLACE FUNCTION waiting_reason(t task) RETURNS text LANGUAGE sql STABLE
RETURN (
  SELECT CASE
    WHEN (t).status <> 'queued' THEN NULL
    WHEN NOT (t).ready THEN CASE WHEN (t).attempt > 1 THEN 'backoff' ELSE 'scheduled' END
    WHEN a.intake = 'paused' THEN 'agent_paused'
    WHEN EXISTS (SELECT FROM budget b WHERE b.scope_id IN (a.id, a.workspace_id) AND b.stopped_until > now()) THEN 'budget_reached'
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
