-- Secrets before the last two of a webhook that are good for a while yet: who rotates twice in a day has promised both.
CREATE TABLE webhook_secret (
  webhook_id uuid        NOT NULL REFERENCES webhook ON DELETE CASCADE,
  secret     text        NOT NULL,
  until      timestamptz NOT NULL,
  PRIMARY KEY (webhook_id, secret)
);
