-- Who made, used and revoked which token, and from where wrong ones came. What happens often is one row an hour (period).
CREATE TABLE token_audit (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  period       timestamptz,
  at           timestamptz NOT NULL DEFAULT now(),
  action       text NOT NULL CHECK (action IN ('made', 'revoked', 'used', 'failed')),
  actor_id     uuid,
  token_id     uuid NOT NULL,
  workspace_id uuid,
  address      text NOT NULL,
  count        bigint NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX token_audit_period ON token_audit (period, action, token_id, address) WHERE period IS NOT NULL;
CREATE INDEX token_audit_workspace ON token_audit (workspace_id, id);
CREATE INDEX token_audit_age ON token_audit (at);

CREATE INDEX access_token_workspace ON access_token (workspace_id, created_at) WHERE NOT revoked AND workspace_id IS NOT NULL;

-- A page of a workspace's runtimes.
CREATE INDEX runtime_list ON runtime (workspace_id, created_at, id);
