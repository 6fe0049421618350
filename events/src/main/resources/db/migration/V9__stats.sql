-- What ended lately, by workspace: behind the charts of dashboards, which look at the last hour. A task comes in once, when it
-- ends.
CREATE INDEX task_ended ON task (workspace_id, completed_at) WHERE completed_at IS NOT NULL;
