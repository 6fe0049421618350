-- How long runs may be without a sign of their agents, and what an agent's runs may take where their tasks do not say.
-- A task keeps the limits that its agent had when it was made, apart from its own: another run of it has the agent's of then.
ALTER TABLE agent
  ADD timeout_seconds      int CHECK (timeout_seconds > 0),
  ADD idle_timeout_seconds int CHECK (idle_timeout_seconds > 0);

ALTER TABLE task
  ADD idle_timeout_seconds       int CHECK (idle_timeout_seconds > 0),
  ADD agent_timeout_seconds      int CHECK (agent_timeout_seconds > 0),
  ADD agent_idle_timeout_seconds int CHECK (agent_idle_timeout_seconds > 0),
  -- When the agent last told of progress, which is kept nowhere else; to a quarter of a minute.
  ADD heard_at                   timestamptz;
