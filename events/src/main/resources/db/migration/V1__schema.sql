-- Everything Muster keeps. Postgres decides: each guard a transition needs is a column or an index here.
-- The feed tables (outbox, event_log, feed_*) are written in the same transactions as the state they tell of.

CREATE TABLE app_user (
  id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name        text NOT NULL,
  email       text NOT NULL UNIQUE,
  avatar_url  text,
  created_at  timestamptz NOT NULL DEFAULT now(),
  updated_at  timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE workspace (
  id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name          text NOT NULL,
  slug          text NOT NULL UNIQUE,
  description   text,
  context       text,
  settings      jsonb NOT NULL DEFAULT '{}',
  repos         jsonb NOT NULL DEFAULT '[]',
  issue_prefix  text NOT NULL,
  created_at    timestamptz NOT NULL DEFAULT now(),
  updated_at    timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE member (
  id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  workspace_id uuid NOT NULL REFERENCES workspace ON DELETE CASCADE,
  user_id      uuid NOT NULL REFERENCES app_user ON DELETE CASCADE,
  role         text NOT NULL CHECK (role IN ('owner', 'admin', 'member')),
  created_at   timestamptz NOT NULL DEFAULT now(),
  UNIQUE (workspace_id, user_id)
);
CREATE INDEX member_user ON member (user_id);

-- token_hash is the lower-case hex SHA-256 of the whole token; the token itself is never stored.
CREATE TABLE access_token (
  id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id      uuid NOT NULL REFERENCES app_user ON DELETE CASCADE,
  name         text NOT NULL,
  token_hash   text NOT NULL UNIQUE,
  token_prefix text NOT NULL,
  scope        text NOT NULL DEFAULT 'all' CHECK (scope IN ('all', 'daemon', 'watch')),
  workspace_id uuid REFERENCES workspace ON DELETE CASCADE,
  expires_at   timestamptz,
  last_used_at timestamptz,
  revoked      boolean NOT NULL DEFAULT false,
  created_at   timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX access_token_user ON access_token (user_id) WHERE NOT revoked;

CREATE TABLE runtime (
  id                   uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  workspace_id         uuid NOT NULL REFERENCES workspace ON DELETE CASCADE,
  daemon_id            text,
  name                 text NOT NULL,
  runtime_mode         text NOT NULL DEFAULT 'local' CHECK (runtime_mode IN ('local', 'cloud')),
  provider             text NOT NULL,
  status               text NOT NULL DEFAULT 'offline' CHECK (status IN ('online', 'offline')),
  device_info          text NOT NULL DEFAULT '',
  metadata             jsonb NOT NULL DEFAULT '{}',
  labels               jsonb NOT NULL DEFAULT '{}',
  max_concurrent_tasks int NOT NULL DEFAULT 1 CHECK (max_concurrent_tasks > 0),
  created_at           timestamptz NOT NULL DEFAULT now(),
  updated_at           timestamptz NOT NULL DEFAULT now(),
  UNIQUE (workspace_id, daemon_id, provider)
);

-- Heartbeats land here in batches, never on the runtime's row: no index on the moving columns, so updates stay HOT.
CREATE TABLE runtime_liveness (
  runtime_id    uuid PRIMARY KEY REFERENCES runtime ON DELETE CASCADE,
  last_seen_at  timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);

CREATE TABLE runtime_usage (
  runtime_id         uuid NOT NULL REFERENCES runtime ON DELETE CASCADE,
  date               date NOT NULL,
  provider           text NOT NULL,
  model              text NOT NULL DEFAULT '',
  input_tokens       bigint NOT NULL DEFAULT 0,
  output_tokens      bigint NOT NULL DEFAULT 0,
  cache_read_tokens  bigint NOT NULL DEFAULT 0,
  cache_write_tokens bigint NOT NULL DEFAULT 0,
  created_at         timestamptz NOT NULL DEFAULT now(),
  updated_at         timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (runtime_id, date, provider, model)
);

CREATE TABLE runtime_ping (
  id          text PRIMARY KEY,
  runtime_id  uuid NOT NULL REFERENCES runtime ON DELETE CASCADE,
  status      text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'running', 'completed', 'failed', 'timeout')),
  output      text NOT NULL DEFAULT '',
  error       text NOT NULL DEFAULT '',
  duration_ms bigint NOT NULL DEFAULT 0,
  created_at  timestamptz NOT NULL DEFAULT now(),
  updated_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX runtime_ping_pending ON runtime_ping (runtime_id, created_at) WHERE status = 'pending';

-- An agent names its runtime (runtime_id) or names what it needs (provider, labels). Whether it works is derived
-- from its active tasks; status_override is what a person set on top of that.
CREATE TABLE agent (
  id                   uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  workspace_id         uuid NOT NULL REFERENCES workspace ON DELETE CASCADE,
  runtime_id           uuid REFERENCES runtime ON DELETE RESTRICT,
  provider             text,
  labels               jsonb NOT NULL DEFAULT '{}',
  name                 text NOT NULL,
  description          text NOT NULL DEFAULT '',
  instructions         text NOT NULL DEFAULT '',
  avatar_url           text,
  runtime_mode         text NOT NULL DEFAULT 'local' CHECK (runtime_mode IN ('local', 'cloud')),
  runtime_config       jsonb NOT NULL DEFAULT '{}',
  visibility           text NOT NULL DEFAULT 'workspace' CHECK (visibility IN ('workspace', 'private')),
  status_override      text CHECK (status_override IN ('blocked', 'error', 'offline')),
  max_concurrent_tasks int NOT NULL DEFAULT 1 CHECK (max_concurrent_tasks > 0),
  owner_id             uuid REFERENCES app_user ON DELETE SET NULL,
  tools                jsonb NOT NULL DEFAULT '[]',
  triggers             jsonb NOT NULL DEFAULT '[]',
  created_at           timestamptz NOT NULL DEFAULT now(),
  updated_at           timestamptz NOT NULL DEFAULT now(),
  CHECK (runtime_id IS NOT NULL OR provider IS NOT NULL OR labels <> '{}')
);
CREATE INDEX agent_workspace ON agent (workspace_id, created_at);
CREATE INDEX agent_runtime ON agent (runtime_id);

CREATE TABLE skill (
  id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  workspace_id uuid NOT NULL REFERENCES workspace ON DELETE CASCADE,
  name         text NOT NULL,
  description  text NOT NULL DEFAULT '',
  content      text NOT NULL DEFAULT '',
  config       jsonb NOT NULL DEFAULT '{}',
  created_by   uuid REFERENCES app_user ON DELETE SET NULL,
  created_at   timestamptz NOT NULL DEFAULT now(),
  updated_at   timestamptz NOT NULL DEFAULT now(),
  UNIQUE (workspace_id, name)
);

CREATE TABLE skill_file (
  id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  skill_id   uuid NOT NULL REFERENCES skill ON DELETE CASCADE,
  path       text NOT NULL,
  content    text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (skill_id, path)
);

CREATE TABLE agent_skill (
  agent_id   uuid NOT NULL REFERENCES agent ON DELETE CASCADE,
  skill_id   uuid NOT NULL REFERENCES skill ON DELETE CASCADE,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (agent_id, skill_id)
);
CREATE INDEX agent_skill_skill ON agent_skill (skill_id);

CREATE TABLE issue (
  id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  workspace_id    uuid NOT NULL REFERENCES workspace ON DELETE CASCADE,
  number          int NOT NULL,
  title           text NOT NULL,
  description     text,
  status          text NOT NULL DEFAULT 'backlog'
                  CHECK (status IN ('backlog', 'todo', 'in_progress', 'in_review', 'done', 'blocked', 'cancelled')),
  priority        text NOT NULL DEFAULT 'none' CHECK (priority IN ('urgent', 'high', 'medium', 'low', 'none')),
  assignee_type   text CHECK (assignee_type IN ('member', 'agent')),
  assignee_id     uuid,
  creator_type    text NOT NULL CHECK (creator_type IN ('member', 'agent')),
  creator_id      uuid NOT NULL,
  parent_issue_id uuid REFERENCES issue ON DELETE SET NULL,
  position        double precision NOT NULL DEFAULT 0,
  due_date        timestamptz,
  created_at      timestamptz NOT NULL DEFAULT now(),
  updated_at      timestamptz NOT NULL DEFAULT now(),
  UNIQUE (workspace_id, number)
);
-- The last number given in each workspace. Not on the workspace's row, which every insert below it locks for its key.
CREATE TABLE issue_number (
  workspace_id uuid PRIMARY KEY REFERENCES workspace ON DELETE CASCADE,
  last         int NOT NULL
) WITH (fillfactor = 50);

CREATE INDEX issue_list ON issue (workspace_id, position, created_at DESC);
CREATE INDEX issue_parent ON issue (parent_issue_id) WHERE parent_issue_id IS NOT NULL;

CREATE TABLE comment (
  id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  issue_id    uuid NOT NULL REFERENCES issue ON DELETE CASCADE,
  author_type text NOT NULL CHECK (author_type IN ('member', 'agent')),
  author_id   uuid NOT NULL,
  content     text NOT NULL,
  type        text NOT NULL DEFAULT 'comment' CHECK (type IN ('comment', 'status_change', 'progress_update', 'system')),
  parent_id   uuid REFERENCES comment ON DELETE CASCADE,
  created_at  timestamptz NOT NULL DEFAULT now(),
  updated_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX comment_issue ON comment (issue_id, created_at);
CREATE INDEX comment_parent ON comment (parent_id) WHERE parent_id IS NOT NULL;

-- runtime_id is the runtime that may claim the task: the one the agent names (pinned), or the one the dispatcher chose.
-- Ids are random (v4): daemons name a directory by the first eight hex digits.
CREATE TABLE task (
  id                uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  workspace_id      uuid NOT NULL,
  agent_id          uuid NOT NULL REFERENCES agent ON DELETE CASCADE,
  issue_id          uuid NOT NULL REFERENCES issue ON DELETE CASCADE,
  runtime_id        uuid REFERENCES runtime ON DELETE SET NULL,
  pinned            boolean NOT NULL,
  required_provider text,
  required_labels   jsonb NOT NULL DEFAULT '{}',
  status            text NOT NULL DEFAULT 'queued'
                    CHECK (status IN ('queued', 'dispatched', 'running', 'completed', 'failed', 'cancelled')),
  priority          int NOT NULL DEFAULT 0,
  attempt           int NOT NULL DEFAULT 1,
  max_attempts      int NOT NULL DEFAULT 2,
  claim_generation  bigint NOT NULL DEFAULT 0,
  event_seq         bigint NOT NULL DEFAULT 1,
  result            jsonb,
  error             text,
  failure_reason    text,
  session_id        text,
  work_dir          text,
  created_at        timestamptz NOT NULL DEFAULT now(),
  queued_at         timestamptz NOT NULL DEFAULT now(),
  assigned_at       timestamptz,
  dispatched_at     timestamptz,
  delivered_at      timestamptz,
  started_at        timestamptz,
  completed_at      timestamptz,
  deadline_at       timestamptz
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);
-- What a runtime may claim, one head per agent.
CREATE INDEX task_claimable ON task (runtime_id, agent_id, priority DESC, created_at, id) WHERE status = 'queued';
-- What the dispatcher has not looked at.
CREATE INDEX task_unassigned ON task (workspace_id, priority DESC, created_at, id) WHERE status = 'queued' AND assigned_at IS NULL;
CREATE INDEX task_active_runtime ON task (runtime_id) WHERE status IN ('dispatched', 'running');
-- One run per (issue, agent), refused by the database itself; the prefix counts an agent's active tasks.
CREATE UNIQUE INDEX task_active_agent_issue ON task (agent_id, issue_id) WHERE status IN ('dispatched', 'running');
-- Led by the issue, so that no plan takes it for the claim's index: that one serves a runtime's agents in order.
CREATE UNIQUE INDEX task_queued_issue_agent ON task (issue_id, agent_id) WHERE status = 'queued';
CREATE INDEX task_issue ON task (issue_id, created_at);
CREATE INDEX task_agent ON task (agent_id, created_at DESC, id DESC);
CREATE INDEX task_list ON task (workspace_id, created_at DESC, id DESC);
CREATE INDEX task_deadline ON task (deadline_at) WHERE deadline_at IS NOT NULL;

-- Attempts that ended without ending the task; the last attempt is the task's own row.
CREATE TABLE task_attempt (
  task_id          uuid NOT NULL REFERENCES task ON DELETE CASCADE,
  attempt          int NOT NULL,
  claim_generation bigint NOT NULL,
  runtime_id       uuid,
  dispatched_at    timestamptz,
  started_at       timestamptz,
  ended_at         timestamptz NOT NULL DEFAULT now(),
  failure_reason   text NOT NULL,
  PRIMARY KEY (task_id, claim_generation)
);

-- Rows live for milliseconds: written with the change, moved to event_log by the relay.
CREATE TABLE outbox (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  workspace_id uuid NOT NULL,
  type         text NOT NULL,
  subject_id   uuid NOT NULL,
  seq          bigint,
  data         jsonb NOT NULL,
  occurred_at  timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

-- position is dense per workspace, log_id dense over all: the publisher's cursor. Both are given after commit.
CREATE TABLE event_log (
  log_id       bigint NOT NULL UNIQUE,
  workspace_id uuid NOT NULL,
  position     bigint NOT NULL,
  type         text NOT NULL,
  subject_id   uuid NOT NULL,
  seq          bigint,
  data         jsonb NOT NULL,
  occurred_at  timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, position)
);

CREATE TABLE feed_position (
  workspace_id uuid PRIMARY KEY,
  position     bigint NOT NULL
) WITH (fillfactor = 50);

-- One row. head: the last log_id given; epoch names this history.
CREATE TABLE feed (
  id        int PRIMARY KEY DEFAULT 1 CHECK (id = 1),
  epoch     text NOT NULL DEFAULT substr(md5(gen_random_uuid()::text), 1, 8),
  head      bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);
INSERT INTO feed DEFAULT VALUES;

-- One row, apart from feed's so that publisher and relay never wait for each other: the last log_id that Kafka is known to
-- have acknowledged.
CREATE TABLE feed_published (
  id     int PRIMARY KEY DEFAULT 1 CHECK (id = 1),
  log_id bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);
INSERT INTO feed_published DEFAULT VALUES;

-- The facts a task event carries, in one place for every statement that moves a task.
CREATE FUNCTION task_event(t task) RETURNS jsonb LANGUAGE sql STABLE PARALLEL SAFE
RETURN jsonb_build_object(
  'id', (t).id, 'workspace_id', (t).workspace_id, 'agent_id', (t).agent_id, 'issue_id', (t).issue_id,
  'runtime_id', (t).runtime_id, 'pinned', (t).pinned, 'status', (t).status, 'priority', (t).priority,
  'attempt', (t).attempt, 'max_attempts', (t).max_attempts, 'claim_generation', (t).claim_generation,
  'created_at', (t).created_at, 'queued_at', (t).queued_at, 'assigned_at', (t).assigned_at,
  'dispatched_at', (t).dispatched_at, 'started_at', (t).started_at, 'completed_at', (t).completed_at,
  'result', (t).result, 'error', (t).error, 'failure_reason', (t).failure_reason,
  'session_id', (t).session_id, 'work_dir', (t).work_dir);

-- A comment that an agent left by finishing a task, as dashboards are told of it.
CREATE FUNCTION agent_comment_event(c comment) RETURNS jsonb LANGUAGE sql STABLE
RETURN (
  SELECT jsonb_build_object(
           'comment', jsonb_build_object(
             'id', (c).id, 'issue_id', (c).issue_id, 'author_type', (c).author_type, 'author_id', (c).author_id,
             'content', (c).content, 'type', (c).type,
             'created_at', to_char((c).created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')),
           'issue_title', i.title, 'issue_status', i.status)
    FROM issue i WHERE i.id = (c).issue_id);

-- A runtime as clients and dashboards see it.
CREATE FUNCTION runtime_view(r runtime, last_seen_at timestamptz) RETURNS jsonb LANGUAGE sql STABLE
RETURN jsonb_build_object(
  'id', (r).id, 'workspace_id', (r).workspace_id, 'daemon_id', (r).daemon_id, 'name', (r).name,
  'runtime_mode', (r).runtime_mode, 'provider', (r).provider, 'status', (r).status, 'device_info', (r).device_info,
  'metadata', (r).metadata, 'labels', (r).labels, 'max_concurrent_tasks', (r).max_concurrent_tasks,
  'last_seen_at', to_char(last_seen_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
  'created_at', to_char((r).created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
  'updated_at', to_char((r).updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'));
