-- When the daemon of a run last asked how its task stands. Multica's daemons of 2026-08 name what they run nowhere else.
CREATE TABLE run_poll (
  task_id          uuid PRIMARY KEY REFERENCES task ON DELETE CASCADE,
  claim_generation bigint NOT NULL,
  polled_at        timestamptz NOT NULL
) WITH (fillfactor = 50);
