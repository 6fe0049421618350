-- Who asked first for the end of a task: in a table of its own, so that a task that nobody cancels is not a byte larger.
CREATE TABLE task_cancel (
  task_id     uuid PRIMARY KEY REFERENCES task ON DELETE CASCADE,
  author_type text NOT NULL CHECK (author_type IN ('member', 'agent')),
  author_id   uuid NOT NULL
);
