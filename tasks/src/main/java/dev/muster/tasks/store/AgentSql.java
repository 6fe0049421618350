package dev.muster.tasks.store;

/// What is loaded of agents.
final class AgentSql {
  private AgentSql() {}

  private static final String COLUMNS =
      """
      a.id, a.workspace_id, a.runtime_id, a.provider, a.labels::text, a.name, a.intake, a.visibility, a.owner_id,
             a.max_concurrent_tasks, a.rate_per_minute\
      """;

  /// The agents that claims are decided on, locked: those that the claims' first statement has
  /// noted, and those named. Parameters: agents; how they are locked.
  static final String LOCKED =
      """
      SELECT %s
        FROM agent a
       WHERE a.id = ANY (string_to_array(nullif(current_setting('muster.claim_agents', true), ''), ',')::uuid[] || ?::uuid[])
       ORDER BY a.id FOR NO KEY UPDATE OF a %%s
      """
          .formatted(COLUMNS);

  /// What the locks above do not cover, read after they are granted. Parameters: whether what a
  /// claim answers of the agent is wanted; agents; tasks whose agents are meant.
  static final String FACTS =
      """
      SELECT %s,
             CASE WHEN ? THEN
               (jsonb_build_object('id', a.id, 'name', a.name, 'instructions', a.instructions) || coalesce(
                 (SELECT jsonb_build_object('skills', jsonb_agg(
                           jsonb_build_object('name', s.name, 'content', s.content) || coalesce(
                             (SELECT jsonb_build_object('files', jsonb_agg(
                                       jsonb_build_object('path', f.path, 'content', f.content) ORDER BY f.path))
                                FROM skill_file f WHERE f.skill_id = s.id HAVING count(*) > 0), '{}')
                           ORDER BY s.name))
                    FROM agent_skill k JOIN skill s ON s.id = k.skill_id
                   WHERE k.agent_id = a.id HAVING count(*) > 0), '{}'))::text
             ELSE '{}' END,
             p.claimed_at, p.next_at,
             (SELECT max(b.stopped_until) FROM budget b
               WHERE b.scope_id IN (a.id, a.workspace_id) AND b.stopped_until > now()),
             (SELECT count(*) FROM task t WHERE t.agent_id = a.id AND t.status IN ('dispatched', 'running')),
             a.timeout_seconds, a.idle_timeout_seconds
        FROM agent a LEFT JOIN agent_pace p ON p.agent_id = a.id
       WHERE a.id = ANY (string_to_array(nullif(current_setting('muster.claim_agents', true), ''), ',')::uuid[] || ?::uuid[]
                         || ARRAY(SELECT t.agent_id FROM task t WHERE t.id = ANY (?::uuid[])))
      """
          .formatted(COLUMNS);

  /// How the runtimes are that could take each agent's task: the best that can be said of any. The
  /// agent names its runtime, or what it needs. Parameter: agents.
  static final String FIT =
      """
      SELECT a.id, CASE WHEN a.runtime_id IS NOT NULL THEN
               (SELECT CASE WHEN r.status <> 'online' THEN 'OFFLINE' WHEN r.intake <> 'open' THEN 'PAUSED' WHEN r.deaf THEN 'DEAF'
                            WHEN r.max_concurrent_tasks <= (SELECT count(*) FROM task t
                                                             WHERE t.runtime_id = r.id AND t.status IN ('dispatched', 'running'))
                            THEN 'FULL' ELSE 'FREE' END
                  FROM runtime r WHERE r.id = a.runtime_id)
             WHEN NOT EXISTS (SELECT FROM runtime r WHERE %1$s) THEN 'NONE'
             WHEN NOT EXISTS (SELECT FROM runtime r WHERE %1$s AND r.status = 'online') THEN 'OFFLINE'
             WHEN NOT EXISTS (SELECT FROM runtime r WHERE %1$s AND r.status = 'online' AND r.intake = 'open') THEN 'PAUSED'
             WHEN NOT EXISTS (SELECT FROM runtime r WHERE %1$s AND r.status = 'online' AND r.intake = 'open' AND NOT r.deaf)
             THEN 'DEAF'
             WHEN NOT EXISTS (SELECT FROM runtime r
                               WHERE %1$s AND r.status = 'online' AND r.intake = 'open' AND NOT r.deaf
                                 AND r.max_concurrent_tasks > (SELECT count(*) FROM task t
                                                                WHERE t.runtime_id = r.id AND t.status IN ('dispatched', 'running')))
             THEN 'FULL' ELSE 'FREE' END
        FROM agent a WHERE a.id = ANY (?::uuid[])
      """
          .formatted(
              "r.workspace_id = a.workspace_id AND (a.provider IS NULL OR r.provider = a.provider) AND r.labels @> a.labels");

  /// The agents with ready tasks that any runtime may get. Parameter: agents.
  static final String WITH_OPEN_CHOICE =
      """
      SELECT a.id FROM (SELECT unnest(?::uuid[]) AS id) AS a
       WHERE coalesce((SELECT true FROM task t
                        WHERE t.agent_id = a.id AND t.status = 'queued' AND t.ready AND t.runtime_id IS NULL AND NOT t.pinned
                        ORDER BY t.rank_at, t.id LIMIT 1), false)
      """;
}
