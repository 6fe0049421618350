-- A webhook sends the events of its workspace to somebody's server. It keeps the position up to which each event is settled:
-- answered, not wanted, or kept in webhook_delivery because it was not taken. Whoever delivers holds the lease.
CREATE TABLE webhook (
  id                    uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  workspace_id          uuid NOT NULL REFERENCES workspace ON DELETE CASCADE,
  created_by            uuid NOT NULL REFERENCES app_user ON DELETE CASCADE,
  name                  text NOT NULL,
  url                   text NOT NULL,
  events                text[] NOT NULL CHECK (cardinality(events) > 0),
  secret                text NOT NULL,
  previous_secret       text,
  previous_secret_until timestamptz,
  enabled               boolean NOT NULL,
  -- Why it was switched off by itself; null where somebody did it.
  disabled_reason       text CHECK (disabled_reason IN ('failing', 'gone', 'author_gone')),
  position              bigint NOT NULL,
  -- Of webhook_delivery, those that are to be sent again: how many, and when the first is.
  waiting               int NOT NULL DEFAULT 0,
  retry_at              timestamptz,
  -- Since when nothing was taken.
  failing_since         timestamptz,
  delivered             bigint NOT NULL DEFAULT 0,
  missed                bigint NOT NULL DEFAULT 0,
  last_delivered_at     timestamptz,
  last_status           int,
  last_error            text,
  lease                 uuid,
  leased_until          timestamptz,
  looked_at             timestamptz,
  created_at            timestamptz NOT NULL DEFAULT now(),
  updated_at            timestamptz NOT NULL DEFAULT now(),
  CHECK (NOT enabled OR disabled_reason IS NULL),
  CHECK ((previous_secret IS NULL) = (previous_secret_until IS NULL))
) WITH (fillfactor = 50);
CREATE INDEX webhook_list ON webhook (workspace_id, created_at DESC, id DESC);

-- What was not taken, or stands behind something of the same subject that was not. The event itself is in event_log.
CREATE TABLE webhook_delivery (
  webhook_id      uuid NOT NULL REFERENCES webhook ON DELETE CASCADE,
  position        bigint NOT NULL,
  type            text NOT NULL,
  subject_id      uuid NOT NULL,
  -- Given up: sent again only if somebody asks for it.
  failed          boolean NOT NULL,
  attempts        int NOT NULL,
  first_failed_at timestamptz,
  next_at         timestamptz NOT NULL,
  last_attempt_at timestamptz,
  last_status     int,
  last_error      text,
  last_answer     text,
  PRIMARY KEY (webhook_id, position)
);
CREATE INDEX webhook_delivery_waiting ON webhook_delivery (webhook_id, subject_id, position) WHERE NOT failed;
CREATE INDEX webhook_delivery_failed ON webhook_delivery (webhook_id, position DESC) WHERE failed;

-- Without its address, which may have a password in it, and without its secrets.
CREATE FUNCTION webhook_event(w webhook) RETURNS jsonb LANGUAGE sql STABLE PARALLEL SAFE
RETURN jsonb_build_object(
  'id', (w).id, 'workspace_id', (w).workspace_id, 'created_by', (w).created_by, 'name', (w).name,
  'events', to_jsonb((w).events), 'enabled', (w).enabled, 'disabled_reason', (w).disabled_reason,
  'created_at', instant_text((w).created_at), 'updated_at', instant_text((w).updated_at));
