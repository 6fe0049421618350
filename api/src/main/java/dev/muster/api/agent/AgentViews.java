package dev.muster.api.agent;

import dev.muster.api.access.WorkspaceAccess;
import dev.muster.events.id.RuntimeId;
import dev.muster.events.sql.Rows;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// Agents as clients see them, read with all that is derived.
@Component
public class AgentViews {
  private static final int LIST_MAX = 10_000;
  private static final RowMapper<AgentView> ROW = Rows.of(AgentView.class);

  private static final String SELECT =
      """
      SELECT a.id, a.workspace_id, a.runtime_id, a.provider, a.labels, a.name, a.description, a.instructions,
             a.avatar_url, a.runtime_mode, a.runtime_config, a.visibility, a.max_concurrent_tasks, a.owner_id,
             a.tools, a.triggers, a.created_at, a.updated_at, a.intake, a.rate_per_minute,
             CASE WHEN EXISTS (SELECT FROM task t
                                WHERE t.agent_id = a.id AND t.status IN ('dispatched', 'running')) THEN 'working'
                  WHEN a.status_override IS NOT NULL THEN a.status_override
                  WHEN a.runtime_id IS NOT NULL THEN
                    CASE WHEN EXISTS (SELECT FROM runtime r
                                       WHERE r.id = a.runtime_id AND r.status = 'online') THEN 'idle' ELSE 'offline' END
                  WHEN EXISTS (SELECT FROM runtime r
                                WHERE r.workspace_id = a.workspace_id AND r.status = 'online'
                                  AND r.provider = coalesce(a.provider, r.provider) AND r.labels @> a.labels) THEN 'idle'
                  ELSE 'offline' END AS status,
             (SELECT coalesce(jsonb_agg(jsonb_build_object(
                       'id', s.id, 'workspace_id', CASE WHEN :full THEN s.workspace_id::text ELSE '' END,
                       'name', s.name, 'description', s.description,
                       'content', CASE WHEN :full THEN s.content ELSE '' END, 'config', CASE WHEN :full THEN s.config END,
                       'created_by', CASE WHEN :full THEN s.created_by END,
                       'created_at', CASE WHEN :full
                         THEN to_char(s.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') ELSE '' END,
                       'updated_at', CASE WHEN :full
                         THEN to_char(s.updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') ELSE '' END)
                     ORDER BY s.name), '[]')
                FROM agent_skill k JOIN skill s ON s.id = k.skill_id
               WHERE k.agent_id = a.id) AS skills
        FROM agent a
      """;

  private final JdbcClient db;

  AgentViews(JdbcClient db) {
    this.db = db;
  }

  /// The agents with these ids that exist, their skills without contents.
  public List<AgentView> byIds(Collection<UUID> ids) {
    return db.sql(SELECT + "WHERE a.id = ANY (:ids) ORDER BY a.created_at, a.id")
        .param("full", false)
        .param("ids", ids.toArray(UUID[]::new))
        .query(ROW)
        .list();
  }

  /// The agents whose tasks the runtime may run: those that name it, and those it fits. Their
  /// skills come without contents.
  public List<AgentView> ofRuntime(RuntimeId runtime) {
    return db.sql(
            SELECT
                + """
                JOIN runtime mine ON mine.id = :runtime AND mine.workspace_id = a.workspace_id
                WHERE a.runtime_id = mine.id
                   OR (a.runtime_id IS NULL AND mine.provider = coalesce(a.provider, mine.provider)
                       AND mine.labels @> a.labels)
                ORDER BY a.created_at, a.id
                LIMIT :max
                """)
        .param("full", false)
        .param("runtime", runtime.value())
        .param("max", LIST_MAX)
        .query(ROW)
        .list();
  }

  /// The workspace's agents that the caller may see.
  List<AgentView> visible(WorkspaceAccess access) {
    return db.sql(
            SELECT
                + """
                WHERE a.workspace_id = :workspace AND (:all OR a.visibility = 'workspace' OR a.owner_id = :user)
                ORDER BY a.created_at, a.id
                LIMIT :max
                """)
        .param("full", false)
        .param("workspace", access.workspace().value())
        .param("all", access.role().isOwnerOrAdmin())
        .param("user", access.caller().user().value())
        .param("max", LIST_MAX)
        .query(ROW)
        .list();
  }

  /// The agent with all of its skills.
  Optional<AgentView> find(UUID agent) {
    return db.sql(SELECT + "WHERE a.id = :id")
        .param("full", true)
        .param("id", agent)
        .query(ROW)
        .optional();
  }
}
