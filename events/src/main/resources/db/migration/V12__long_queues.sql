-- What is looked up all the time must not take longer because much has ended, or because much waits for what nobody offers. Each
-- look has an index that holds little else than what it finds, so that a plan which is made once has no better choice. While the
-- indexes are made, tasks are read and not changed.

-- What a runtime may claim.
DROP INDEX task_claimable;
CREATE INDEX task_claimable ON task (runtime_id, agent_id, rank_at, id) WHERE status = 'queued' AND ready AND runtime_id IS NOT NULL;

-- What leaves a choice that was not made yet.
CREATE INDEX task_open_choice ON task (agent_id, rank_at, id) WHERE status = 'queued' AND ready AND runtime_id IS NULL AND NOT pinned;

-- What the dispatcher has not looked at: those that name their runtime apart from those that leave a choice, which may stay.
DROP INDEX task_unassigned;
CREATE INDEX task_unassigned ON task (workspace_id, pinned, rank_at, id) WHERE status = 'queued' AND ready AND assigned_at IS NULL;

-- What was assigned to a runtime of several and not claimed yet, by agent.
CREATE INDEX task_ahead ON task (agent_id) WHERE status = 'queued' AND NOT pinned AND runtime_id IS NOT NULL;

-- What waits for its time at a runtime.
CREATE INDEX task_not_ready ON task (runtime_id) WHERE status = 'queued' AND NOT ready AND runtime_id IS NOT NULL;

-- What ended badly, to be listed: few among many.
CREATE INDEX task_ended_badly ON task (workspace_id, status, created_at DESC, id DESC) WHERE status IN ('failed', 'cancelled');
