-- How long each agent's tasks ran, from a table that a Kafka Connect sink has filled with the records of muster.events:
-- the headers as columns, the value as JSON, the place in Kafka as the key, so that a record that is delivered twice is
-- one row. Every event has all that is needed; nothing is looked up.
SELECT value ->> 'agent_id' AS agent_id, count(*) AS tasks,
       sum(extract(epoch FROM (value ->> 'completed_at')::timestamptz - (value ->> 'started_at')::timestamptz))::float8 AS seconds
  FROM muster_events
 WHERE ce_type IN ('dev.muster.task.completed', 'dev.muster.task.failed', 'dev.muster.task.cancelled')
   AND value ->> 'started_at' IS NOT NULL
 GROUP BY 1
 ORDER BY 1
