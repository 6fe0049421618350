-- A task that is deleted, with whatever it belonged to, tells so itself, so that nobody's table of tasks keeps it. And the
-- number of partitions that the feed's order rests on is kept: Kafka lets a topic grow, which moves keys.

CREATE FUNCTION tell_task_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  gone task := OLD;
BEGIN
  INSERT INTO outbox (workspace_id, type, subject_id, seq, data)
  VALUES (gone.workspace_id, 'task.deleted', gone.id, gone.event_seq + 1, task_event(gone));
  RETURN NULL;
END $$;
CREATE TRIGGER task_deleted AFTER DELETE ON task FOR EACH ROW EXECUTE FUNCTION tell_task_deleted();

-- topic_id is Kafka's: a topic that was deleted and made anew is another one, and may have another number.
CREATE TABLE feed_topic (
  name       text PRIMARY KEY,
  topic_id   text NOT NULL,
  partitions int NOT NULL
);
