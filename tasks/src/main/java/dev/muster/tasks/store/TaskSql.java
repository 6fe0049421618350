package dev.muster.tasks.store;

import dev.muster.tasks.command.TaskCommand;

/// What is loaded of tasks that are named, or found by what they belong to.
final class TaskSql {
  private TaskSql() {}

  private static final String SELECT =
      """
      SELECT %s%s
        FROM task t JOIN issue i ON i.id = t.issue_id
       WHERE %%s
       ORDER BY t.id
      """
          .formatted(TaskRows.COLUMNS, TaskRows.NO_PRIOR);

  /// Tasks by their ids, locked in the order of the ids. Parameter: ids; how they are locked.
  static final String BY_ID =
      SELECT.formatted("t.id = ANY (?::uuid[])") + "FOR NO KEY UPDATE OF t %s";

  /// The same with what a claim answers. Parameter: ids.
  static final String CLAIMED =
      """
      SELECT %s%s
        FROM task t JOIN issue i ON i.id = t.issue_id
        %s
       WHERE t.id = ANY (?::uuid[])
       ORDER BY t.id FOR NO KEY UPDATE OF t
      """
          .formatted(TaskRows.COLUMNS, TaskRows.PRIOR, TaskRows.PRIOR_JOIN);

  /// Tasks that a predicate finds, a thousand at most. To be formatted with the predicate.
  static final String FOUND = SELECT + "LIMIT " + TaskCommand.FOUND_MAX + " FOR NO KEY UPDATE OF t";

  /// The open tasks of an agent on an issue. Parameters: agent, issue.
  static final String OPEN_OF_PAIR =
      "t.agent_id = ? AND t.issue_id = ? AND t.status IN ('queued', 'dispatched', 'running')";

  /// The open tasks of the agent and the issue of a task. Parameters: the task, twice.
  static final String OPEN_BESIDE =
      """
      t.agent_id = (SELECT agent_id FROM task WHERE id = ?) AND t.issue_id = (SELECT issue_id FROM task WHERE id = ?)
             AND t.status IN ('queued', 'dispatched', 'running')\
      """;

  /// What a cancel would change. To be formatted with the column; parameters: the id, whether for
  /// good.
  static final String OPEN_OF =
      """
      t.%s = ? AND t.status IN ('queued', 'dispatched', 'running')
             AND (t.status <> 'running' OR ? OR t.cancel_requested_at IS NULL)\
      """;

  /// Parameter: the issue.
  static final String QUEUED_OF_ISSUE = "t.issue_id = ? AND t.status = 'queued'";

  /// Parameter: the runtimes.
  static final String ACTIVE_ON =
      "t.runtime_id = ANY (?::uuid[]) AND t.status IN ('dispatched', 'running')";

  /// The agents and issues that have a queued task beside one of these. Parameter: ids.
  static final String QUEUED_BESIDE =
      """
      SELECT q.agent_id, q.issue_id
        FROM task t JOIN task q ON q.issue_id = t.issue_id AND q.agent_id = t.agent_id AND q.status = 'queued'
       WHERE t.id = ANY (?::uuid[]) AND q.id <> t.id
      """;

  /// Which of these concurrency keys are those of active tasks. Parameters: workspaces, keys.
  static final String ACTIVE_KEYS =
      """
      SELECT t.workspace_id, t.concurrency_key
        FROM (SELECT unnest(?::uuid[]) AS workspace_id, unnest(?::text[]) AS key) AS k
        JOIN task t ON t.workspace_id = k.workspace_id AND t.concurrency_key = k.key AND t.status IN ('dispatched', 'running')
      """;

  /// What was made with these keys before. Parameters: scopes, keys.
  static final String KEYS =
      """
      SELECT k.scope, k.key, k.task_id, k.claim_generation, k.request_hash
        FROM (SELECT unnest(?::uuid[]) AS scope, unnest(?::text[]) AS key) AS a
        JOIN idempotency_key k ON k.scope = a.scope AND k.key = a.key
      """;

  /// Takes numbers for new issues. Parameters: workspaces, how many each.
  static final String NUMBERS =
      """
      WITH taken AS (
        INSERT INTO issue_number AS n (workspace_id, last)
        SELECT unnest(?::uuid[]) AS workspace_id, unnest(?::int[]) ORDER BY workspace_id
        ON CONFLICT (workspace_id) DO UPDATE SET last = n.last + excluded.last
        RETURNING workspace_id, last
      )
      SELECT w.id, w.issue_prefix, taken.last FROM taken JOIN workspace w ON w.id = taken.workspace_id
      """;

  /// Parameter: ids.
  static final String ISSUES =
      "SELECT i.id, i.workspace_id, i.title, i.status FROM issue i WHERE i.id = ANY (?::uuid[])";
}
