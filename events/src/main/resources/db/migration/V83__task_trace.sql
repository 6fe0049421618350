-- The trace that a task belongs to (W3C Trace Context): what the spans of its events and claims begin from. Rows are written
-- only where traces are exported, in a table of their own, so that a task which is not traced is not a byte larger.
CREATE TABLE task_trace (
  task_id     uuid PRIMARY KEY REFERENCES task ON DELETE CASCADE,
  traceparent text NOT NULL,
  tracestate  text
);
