-- Daemons whose registering is no restart: they say so, or have asked for recover-orphans once.
ALTER TABLE runtime
  ADD recovers      boolean NOT NULL DEFAULT false,
  -- When such a daemon last registered; what was claimed before is over once it asks for recover-orphans. Null for all others.
  ADD registered_at timestamptz,
  -- The token it was registered with, while its agents have none of their own.
  ADD token_id      uuid;

-- Sessions that nobody goes on with.
CREATE TABLE retired_session (
  agent_id   uuid NOT NULL REFERENCES agent ON DELETE CASCADE,
  session_id text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (agent_id, session_id)
);
