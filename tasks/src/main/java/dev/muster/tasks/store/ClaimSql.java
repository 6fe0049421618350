package dev.muster.tasks.store;

/// What is loaded for claims, in the order in which it is locked: runtimes, agents, tasks.
///
/// Most claims find nothing; for those the first statement answers no rows, and the others have
/// nothing to look for. What the first has found is left in settings of the transaction for those
/// that follow in the same round trip.
final class ClaimSql {
  private ClaimSql() {}

  /// The agents of queued tasks that each runtime may claim. One row more, without ids, if there
  /// are none. Parameters: the runtimes, twice; the seconds after which an answer is lost.
  static final String WAITING =
      """
      WITH RECURSIVE asked AS (
        SELECT DISTINCT unnest(?::uuid[]) AS id
      ), waiting AS (
        SELECT a.id AS runtime_id, (SELECT t.agent_id FROM task t WHERE t.runtime_id = a.id AND t.status = 'queued' AND t.ready
                                     ORDER BY t.agent_id LIMIT 1) AS agent_id
          FROM asked a
        UNION ALL
        SELECT w.runtime_id, (SELECT t.agent_id FROM task t
                               WHERE t.runtime_id = w.runtime_id AND t.status = 'queued' AND t.ready AND t.agent_id > w.agent_id
                               ORDER BY t.agent_id LIMIT 1)
          FROM waiting w WHERE w.agent_id IS NOT NULL
      ), found AS MATERIALIZED (
        SELECT runtime_id, agent_id FROM waiting WHERE agent_id IS NOT NULL
      ), lost AS (
        SELECT agent_id FROM task
         WHERE runtime_id = ANY (?::uuid[]) AND status = 'dispatched' AND delivered_at < now() - ? * interval '1 second'
      ), noted AS MATERIALIZED (
        SELECT set_config('muster.claim_agents', coalesce((SELECT string_agg(DISTINCT agent_id::text, ',') FROM (
                 SELECT agent_id FROM found UNION ALL SELECT agent_id FROM lost) AS agents), ''), true) AS agents,
               set_config('muster.claim_pairs', coalesce((SELECT string_agg(runtime_id || ' ' || agent_id, ',') FROM found), ''),
                          true) AS pairs
      )
      SELECT found.runtime_id, found.agent_id FROM noted LEFT JOIN found ON true
      """;

  /// The runtimes that there is something for, locked. Parameters: the runtimes; the seconds after
  /// which an answer is lost; the agents of the batch's new tasks, twice; how they are locked.
  static final String RUNTIMES =
      """
      SELECT r.id, r.workspace_id, r.process_id, r.intake, r.max_concurrent_tasks, r.serial, r.provider, r.labels::text
        FROM runtime r
       WHERE r.id = ANY (?::uuid[])
         -- In the order of the index: anything else might be answered by reading the whole queue.
         AND (coalesce((SELECT true FROM task t WHERE t.runtime_id = r.id AND t.status = 'queued' AND t.ready
                         ORDER BY t.agent_id, t.rank_at, t.id LIMIT 1), false)
              OR EXISTS (SELECT FROM task t WHERE t.runtime_id = r.id AND t.status IN ('dispatched', 'running')
                            AND (r.serial AND t.status = 'running'
                                 OR t.status = 'dispatched' AND t.delivered_at < now() - ? * interval '1 second'))
              OR r.id = ANY (ARRAY(SELECT a.runtime_id FROM agent a WHERE a.id = ANY (?::uuid[]) AND a.runtime_id IS NOT NULL))
              OR EXISTS (SELECT FROM agent a
                          WHERE a.id = ANY (?::uuid[]) AND a.runtime_id IS NULL AND a.workspace_id = r.workspace_id
                            AND (a.provider IS NULL OR a.provider = r.provider) AND r.labels @> a.labels))
       ORDER BY r.id FOR NO KEY UPDATE OF r %s
      """;

  /// The queued tasks that the claims may be given, locked: of each agent as many as are wanted and
  /// as it has room for. Parameters: the runtimes, how many each wants; how they are locked.
  static final String HEADS =
      """
      SELECT %s%s
        FROM (SELECT split_part(pair, ' ', 1)::uuid AS runtime_id, split_part(pair, ' ', 2)::uuid AS agent_id
                FROM string_to_table(nullif(current_setting('muster.claim_pairs', true), ''), ',') AS pair) AS pairs
        JOIN (SELECT unnest(?::uuid[]) AS id, unnest(?::int[]) AS wanted) AS asked ON asked.id = pairs.runtime_id
        CROSS JOIN LATERAL (
          SELECT least(asked.wanted, a.max_concurrent_tasks
                       - (SELECT count(*) FROM task x WHERE x.agent_id = a.id AND x.status IN ('dispatched', 'running'))) AS room
            FROM agent a WHERE a.id = pairs.agent_id AND a.intake <> 'paused') AS agent
        CROSS JOIN LATERAL (
          SELECT q.* FROM task q
           WHERE q.runtime_id = pairs.runtime_id AND q.agent_id = pairs.agent_id AND q.status = 'queued' AND q.ready
             AND NOT EXISTS (SELECT FROM task x
                              WHERE x.agent_id = q.agent_id AND x.issue_id = q.issue_id AND x.status IN ('dispatched', 'running'))
             AND NOT EXISTS (SELECT FROM task x
                              WHERE x.workspace_id = q.workspace_id AND x.concurrency_key = q.concurrency_key
                                AND x.status IN ('dispatched', 'running'))
           ORDER BY q.rank_at, q.id LIMIT greatest(0, agent.room) FOR NO KEY UPDATE %%s) AS t
        JOIN issue i ON i.id = t.issue_id
        %s
      """
          .formatted(TaskRows.COLUMNS, TaskRows.PRIOR, TaskRows.PRIOR_JOIN);

  /// Of each runtime the oldest claim whose answer seems lost, locked. Parameters: the runtimes;
  /// the seconds after which an answer is lost; how they are locked.
  static final String UNDELIVERED =
      """
      SELECT %s%s
        FROM (SELECT DISTINCT unnest(?::uuid[]) AS id) AS asked
        CROSS JOIN LATERAL (
          SELECT x.* FROM task x
           WHERE x.runtime_id = asked.id AND x.status = 'dispatched' AND x.delivered_at < now() - ? * interval '1 second'
           ORDER BY x.dispatched_at, x.id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED) AS t
        JOIN issue i ON i.id = t.issue_id
        %s
      """
          .formatted(TaskRows.COLUMNS, TaskRows.PRIOR, TaskRows.PRIOR_JOIN);

  /// What runs on runtimes of daemons that run one task at a time. Parameter: the runtimes.
  static final String ON_SERIAL =
      """
      SELECT %s%s
        FROM task t JOIN runtime r ON r.id = t.runtime_id JOIN issue i ON i.id = t.issue_id
       WHERE t.runtime_id = ANY (?::uuid[]) AND t.status IN ('dispatched', 'running') AND t.status = 'running' AND r.serial
         AND t.deadline_reason IN ('deadline_run', 'deadline_idle', 'cancelled')
       ORDER BY t.id FOR NO KEY UPDATE OF t SKIP LOCKED
      """
          .formatted(TaskRows.COLUMNS, TaskRows.NO_PRIOR);

  /// How many tasks each runtime has claimed or running. Parameter: the runtimes.
  static final String ACTIVE_ON_RUNTIMES =
      """
      SELECT r.id, (SELECT count(*) FROM task t WHERE t.runtime_id = r.id AND t.status IN ('dispatched', 'running'))
        FROM (SELECT DISTINCT unnest(?::uuid[]) AS id) AS r
      """;
}
