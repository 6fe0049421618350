-- A server that answers 429 or 503 with Retry-After is sent nothing until then.
ALTER TABLE webhook ADD paused_until timestamptz;
