-- muster.tasks is written beside muster.events and no longer in its transactions: it has a cursor of its own, which begins
-- where everything is there by now.
CREATE TABLE feed_task_table (
  id     int PRIMARY KEY DEFAULT 1 CHECK (id = 1),
  log_id bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);
INSERT INTO feed_task_table (log_id) SELECT log_id FROM feed_published;
