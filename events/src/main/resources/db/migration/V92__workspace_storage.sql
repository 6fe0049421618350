-- How many bytes a workspace keeps, as they were counted since they were last measured. Those that are there already are
-- measured at the next start; a row that an older release does not know of is only behind until then.
CREATE TABLE workspace_storage (
  workspace_id uuid PRIMARY KEY REFERENCES workspace ON DELETE CASCADE,
  bytes        bigint NOT NULL DEFAULT 0,
  -- Null until the first time.
  measured_at  timestamptz,
  -- How long that took: what takes long is done more seldom.
  took         interval NOT NULL DEFAULT '0',
  -- Whoever measures just now.
  lease        uuid,
  leased_until timestamptz
) WITH (fillfactor = 50);
INSERT INTO workspace_storage (workspace_id) SELECT id FROM workspace;
