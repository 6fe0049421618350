-- How an agent's program is started, for daemons that are told. Apart from the agent's row: some of it is secret, and is shown to
-- nobody but the daemon.
CREATE TABLE agent_launch (
  agent_id       uuid PRIMARY KEY REFERENCES agent ON DELETE CASCADE,
  model          text,
  thinking_level text,
  custom_env     jsonb,
  custom_args    jsonb,
  mcp_config     jsonb
);
