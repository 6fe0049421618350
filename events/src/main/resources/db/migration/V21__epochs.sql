-- The epoch names a history and travels with its records. Records that were written before it did belong to the epoch of
-- now; those of past epochs may stand in Kafka in front of this one's.
ALTER TABLE feed ADD unmarked_epoch text NOT NULL DEFAULT '';
UPDATE feed SET unmarked_epoch = epoch;

CREATE TABLE feed_past_epoch (
  epoch    text PRIMARY KEY,
  ended_at timestamptz NOT NULL DEFAULT now()
);

-- A cursor belongs to an epoch, so that whoever still writes for the one before does not move it. is_swept: whether
-- muster.tasks can hold no tasks any more that only a past epoch knew.
ALTER TABLE feed_published ADD epoch text NOT NULL DEFAULT '';
UPDATE feed_published SET epoch = (SELECT epoch FROM feed);
ALTER TABLE feed_task_table ADD epoch text NOT NULL DEFAULT '', ADD is_swept boolean NOT NULL DEFAULT true;
UPDATE feed_task_table SET epoch = (SELECT epoch FROM feed);

-- Gives the history a new name: all of it that the log holds is told again under that. Returns the name.
CREATE FUNCTION begin_epoch() RETURNS text LANGUAGE sql AS $$
  INSERT INTO feed_past_epoch (epoch) SELECT epoch FROM feed ON CONFLICT DO NOTHING;
  UPDATE feed SET epoch = substr(md5(gen_random_uuid()::text), 1, 8);
  UPDATE feed_published SET log_id = 0, epoch = (SELECT epoch FROM feed);
  UPDATE feed_task_table SET log_id = 0, is_swept = false, epoch = (SELECT epoch FROM feed);
  SELECT epoch FROM feed;
$$;
