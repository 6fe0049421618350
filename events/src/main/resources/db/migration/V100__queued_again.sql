-- Of an agent and an issue one task waits that nobody has claimed yet: what comes is added to it. What was claimed and comes
-- back waits beside it.
DROP INDEX task_queued_issue_agent;
CREATE UNIQUE INDEX task_queued_issue_agent ON task (issue_id, agent_id, (CASE WHEN claim_generation > 0 THEN id END))
  NULLS NOT DISTINCT WHERE status = 'queued';
