-- Two daemons under one identity that do not name their processes show by when their heartbeats come, and behind a balancer each
-- api hears a part of them only: so the times are kept with the sign of life itself, in the write that is made anyway.
ALTER TABLE runtime_liveness
  -- When the last heartbeats came of a daemon that does not name its process, in milliseconds since 1970, the oldest first.
  ADD beats           bigint[] NOT NULL DEFAULT '{}',
  -- Set while it is listened for two, since a daemon registered while another one lived: what one daemon's period was before, in
  -- milliseconds; 0 if that is not known.
  ADD watch_period_ms bigint,
  -- Whether two were heard.
  ADD twins           boolean NOT NULL DEFAULT false;

CREATE INDEX runtime_liveness_twins ON runtime_liveness (runtime_id) WHERE twins;

-- The last seven beats, when others have come so many milliseconds ago (a JSON array). They may come out of order, since each api
-- writes down what it heard when it is its time.
CREATE FUNCTION recent_beats(earlier bigint[], ages jsonb, now timestamptz) RETURNS bigint[] LANGUAGE sql IMMUTABLE
RETURN (SELECT array_agg(recent.beat ORDER BY recent.beat)
          FROM (SELECT beats.beat
                  FROM (SELECT unnest(earlier) AS beat
                        UNION ALL
                        SELECT (extract(epoch FROM now) * 1000)::bigint - age::bigint
                          FROM jsonb_array_elements_text(ages) AS a (age)) beats
                 ORDER BY beats.beat DESC LIMIT 7) recent);
