-- A task that is given back again and again pauses before its next attempt without having used one up: that is a backoff
-- and no schedule. The rest of the function is as it was.
CREATE OR REPLACE FUNCTION waiting_reason(t task) RETURNS text LANGUAGE sql STABLE
RETURN (
  SELECT CASE
    WHEN (t).status <> 'queued' THEN NULL
    WHEN NOT (t).ready THEN CASE WHEN (t).attempt > 1 OR (t).failure_reason IS NOT NULL THEN 'backoff' ELSE 'scheduled' END
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
