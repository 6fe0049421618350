-- Who changed what in a workspace. A row is there before its change is made, and has no status until that is answered.
CREATE TABLE audit_log (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  workspace_id uuid NOT NULL REFERENCES workspace ON DELETE CASCADE,
  at           timestamptz NOT NULL DEFAULT now(),
  actor_type   text NOT NULL,
  actor_id     uuid NOT NULL,
  token_id     uuid NOT NULL,
  address      text NOT NULL,
  request_id   text NOT NULL,
  action       text NOT NULL,
  subject_id   uuid,
  members      text[] NOT NULL DEFAULT '{}',
  status       int
);
CREATE INDEX audit_log_workspace ON audit_log (workspace_id, id);
CREATE INDEX audit_log_age ON audit_log (at);
