-- A token may be good for the runtimes of one daemon alone: of the first that registers with it.
ALTER TABLE access_token ADD COLUMN one_daemon boolean NOT NULL DEFAULT false,
                         ADD COLUMN daemon_id text CHECK (daemon_id IS NULL OR one_daemon);
