-- Of the queued tasks of an agent and an issue, at most one was never claimed: a comment is added to it. Retried tasks, which
-- were claimed before, are queued beside it; for those the index includes the id.
DROP INDEX task_queued_issue_agent;
CREATE UNIQUE INDEX task_queued_issue_agent ON task (issue_id, agent_id, (CASE WHEN claim_generation > 0 THEN id END))
  NULLS NOT DISTINCT WHERE status = 'queued';
