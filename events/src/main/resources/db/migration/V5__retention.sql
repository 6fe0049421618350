-- The log may forget its beginning: one row says up to which log_id that was on purpose, so that whoever checks the log can
-- tell it from a loss.

CREATE TABLE feed_dropped (
  id     int PRIMARY KEY DEFAULT 1 CHECK (id = 1),
  log_id bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);
INSERT INTO feed_dropped DEFAULT VALUES;
