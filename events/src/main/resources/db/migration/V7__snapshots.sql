-- What a workspace looks like at a position of its feed: its queued tasks, however many there were before them, and how many
-- tasks have ended. The relay counts the ends where it gives the positions, so that nobody counts rows, and both are true at once.
CREATE INDEX task_queued ON task (workspace_id, created_at DESC, id DESC) WHERE status = 'queued';

ALTER TABLE feed_position
  ADD completed bigint NOT NULL DEFAULT 0,
  ADD failed    bigint NOT NULL DEFAULT 0,
  ADD cancelled bigint NOT NULL DEFAULT 0;

UPDATE feed_position f
   SET completed = e.completed, failed = e.failed, cancelled = e.cancelled
  FROM (SELECT workspace_id, count(*) FILTER (WHERE type = 'task.completed') AS completed,
               count(*) FILTER (WHERE type = 'task.failed') AS failed,
               count(*) FILTER (WHERE type = 'task.cancelled') AS cancelled
          FROM event_log WHERE type IN ('task.completed', 'task.failed', 'task.cancelled') GROUP BY workspace_id) AS e
 WHERE e.workspace_id = f.workspace_id;
