-- What happened to one task, for its page: the log by subject. While the index is made the relay waits, and nobody else does:
-- changes go to the outbox.
CREATE INDEX event_log_subject ON event_log (subject_id, position);
