-- The tokens of tasks by agent and day, as they were reported: what charts read, and what stays when tasks are deleted.
-- Without a reference to the agent: what it has used was used, also when it is gone.
CREATE TABLE agent_usage (
  workspace_id       uuid NOT NULL REFERENCES workspace ON DELETE CASCADE,
  date               date NOT NULL,
  agent_id           uuid NOT NULL,
  provider           text NOT NULL,
  model              text NOT NULL,
  input_tokens       numeric NOT NULL,
  output_tokens      numeric NOT NULL,
  cache_read_tokens  numeric NOT NULL,
  cache_write_tokens numeric NOT NULL,
  PRIMARY KEY (workspace_id, date, agent_id, provider, model)
) WITH (fillfactor = 80);
CREATE INDEX agent_usage_agent ON agent_usage (agent_id, date);

INSERT INTO agent_usage
SELECT t.workspace_id, (u.updated_at AT TIME ZONE 'UTC')::date, t.agent_id, u.provider, u.model, sum(u.input_tokens),
       sum(u.output_tokens), sum(u.cache_read_tokens), sum(u.cache_write_tokens)
  FROM task_usage u JOIN task t ON t.id = u.task_id
 GROUP BY 1, 2, 3, 4, 5;
