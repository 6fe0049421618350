-- A search reads the newest issues of a workspace, and lists may be sorted by when issues were made: neither must sort all of them.
CREATE INDEX issue_newest ON issue (workspace_id, created_at DESC, id);
