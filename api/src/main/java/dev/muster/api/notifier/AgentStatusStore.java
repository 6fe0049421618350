package dev.muster.api.notifier;

import dev.muster.api.feed.Audience;
import dev.muster.events.id.WorkspaceId;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// Agents as dashboards see them change: the seed's Agent without instructions and skills, its
/// status derived now.
@Component
class AgentStatusStore {
  private final JdbcClient db;

  AgentStatusStore(JdbcClient db) {
    this.db = db;
  }

  /// @param agent the seed's Agent, a JSON object
  record Row(UUID id, WorkspaceId workspace, Audience audience, String agent) {}

  /// The agents named, and those that the runtimes named may serve.
  List<Row> of(Collection<UUID> agents, Collection<UUID> runtimes) {
    return db.sql(
            """
            SELECT a.id, a.workspace_id, a.visibility, a.owner_id, jsonb_build_object(
                     'id', a.id, 'workspace_id', a.workspace_id, 'runtime_id', a.runtime_id, 'name', a.name,
                     'description', a.description, 'avatar_url', a.avatar_url, 'runtime_mode', a.runtime_mode,
                     'runtime_config', a.runtime_config, 'visibility', a.visibility, 'status', CASE
                       WHEN EXISTS (SELECT FROM task t WHERE t.agent_id = a.id AND t.status IN ('dispatched', 'running'))
                       THEN 'working'
                       WHEN a.status_override IS NOT NULL THEN a.status_override
                       WHEN a.runtime_id IS NOT NULL THEN (SELECT CASE r.status WHEN 'online' THEN 'idle' ELSE 'offline' END
                                                             FROM runtime r WHERE r.id = a.runtime_id)
                       WHEN EXISTS (SELECT FROM runtime r
                                     WHERE r.workspace_id = a.workspace_id AND r.status = 'online'
                                       AND (a.provider IS NULL OR r.provider = a.provider) AND r.labels @> a.labels)
                       THEN 'idle' ELSE 'offline' END,
                     'max_concurrent_tasks', a.max_concurrent_tasks, 'owner_id', a.owner_id, 'provider', a.provider,
                     'labels', a.labels, 'skills', '[]'::jsonb, 'tools', a.tools, 'triggers', a.triggers,
                     'created_at', to_char(a.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
                     'updated_at', to_char(a.updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))::text AS agent
              FROM agent a
             WHERE a.id = ANY (:agents) OR a.runtime_id = ANY (:runtimes)
                OR (a.runtime_id IS NULL
                    AND a.workspace_id IN (SELECT r.workspace_id FROM runtime r WHERE r.id = ANY (:runtimes)))
             ORDER BY a.id
            """)
        .param("agents", agents.toArray(UUID[]::new))
        .param("runtimes", runtimes.toArray(UUID[]::new))
        .query((row, _) ->
            new Row(
                row.getObject("id", UUID.class),
                new WorkspaceId(row.getObject("workspace_id", UUID.class)),
                row.getString("visibility").equals("private")
                    ? Audience.ofPrivate(row.getObject("owner_id", UUID.class))
                    : Audience.MEMBERS,
                row.getString("agent")))
        .list();
  }
}
