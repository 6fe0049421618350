-- Events are kept as the text that was written, which is what Kafka and dashboards are sent: nothing asks for what is in
-- them, and to take a text apart for jsonb and put it together again costs more than all else an insert does.
ALTER TABLE outbox ALTER COLUMN data TYPE json USING data::json;
ALTER TABLE event_log ALTER COLUMN data TYPE json USING data::json;
