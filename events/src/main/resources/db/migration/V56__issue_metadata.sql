-- What agents and people note about an issue under names of their own: texts, numbers, truths. It goes with the issue.
CREATE TABLE issue_metadata (
  issue_id uuid  NOT NULL REFERENCES issue ON DELETE CASCADE,
  key      text  NOT NULL,
  value    jsonb NOT NULL,
  PRIMARY KEY (issue_id, key)
);
