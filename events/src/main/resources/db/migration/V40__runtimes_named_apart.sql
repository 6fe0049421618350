-- A daemon may offer two runtimes of one type if they are named apart: their names then tell which is which. Where a type comes
-- once, as with every daemon so far, nothing needs to, so that a runtime which is renamed stays the same.
ALTER TABLE runtime ADD COLUMN apart text NOT NULL DEFAULT '';
ALTER TABLE runtime DROP CONSTRAINT runtime_workspace_id_daemon_id_provider_key;
ALTER TABLE runtime ADD CONSTRAINT runtime_identity UNIQUE (workspace_id, daemon_id, provider, apart);
