package dev.muster.api.agent;

import dev.muster.api.access.AgentRule;
import dev.muster.api.access.WorkspaceAccess;
import dev.muster.api.edge.Page;
import dev.muster.api.edge.RowCursor;
import dev.muster.api.snapshot.SnapshotPart;
import dev.muster.events.sql.Rows;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;
import org.springframework.stereotype.Component;

/// Agents as clients see them, read with all that is derived.
@Component
public class AgentViews {
  static final int LIST_MAX = 1_000;
  private static final RowMapper<AgentView> ROW = Rows.of(AgentView.class);

  private static final String SELECT =
      """
      SELECT a.id, a.workspace_id, a.runtime_id, a.provider, a.labels::text AS labels, a.name, a.description,
             CASE WHEN :long THEN a.instructions ELSE '' END AS instructions, a.avatar_url, a.runtime_mode,
             CASE WHEN :long THEN a.runtime_config::text ELSE '{}' END AS runtime_config,
             a.visibility, a.max_concurrent_tasks, a.owner_id,
             CASE WHEN :long THEN a.tools::text ELSE '[]' END AS tools, a.triggers::text AS triggers, a.created_at, a.updated_at, a.intake, a.rate_per_minute,
             a.timeout_seconds, a.idle_timeout_seconds,
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
                       'name', s.name, 'description', CASE WHEN :long THEN s.description ELSE '' END,
                       'content', CASE WHEN :full THEN s.content ELSE '' END, 'config', CASE WHEN :full THEN s.config END,
                       'created_by', CASE WHEN :full THEN s.created_by END,
                       'created_at', CASE WHEN :full
                         THEN to_char(s.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') ELSE '' END,
                       'updated_at', CASE WHEN :full
                         THEN to_char(s.updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') ELSE '' END)
                     ORDER BY s.name), '[]')::text
                FROM agent_skill k JOIN skill s ON s.id = k.skill_id
               WHERE k.agent_id = a.id) AS skills
        FROM agent a
      """;

  private static final String VISIBLE =
      Page.sql(
          SELECT
              + """
              WHERE a.workspace_id = :workspace AND %s
                AND (a.created_at, a.id) > (coalesce(to_timestamp(:after_time::bigint / 1e6), '-infinity'),
                                            coalesce(:after_id::uuid, '00000000-0000-0000-0000-000000000000'))
              ORDER BY a.created_at, a.id
              """
                  .formatted(AgentRule.SQL),
          "created_at, id",
          "description",
          "instructions",
          "runtime_config",
          "tools",
          "triggers",
          "skills");

  private final JdbcClient db;

  AgentViews(JdbcClient db) {
    this.db = db;
  }

  /// The agents with these ids that exist, their skills without contents.
  public List<AgentView> byIds(Collection<UUID> ids) {
    return db.sql(SELECT + "WHERE a.id = ANY (:ids) ORDER BY a.created_at, a.id")
        .param("full", false)
        .param("long", true)
        .param("ids", ids.toArray(UUID[]::new))
        .query(ROW)
        .list();
  }

  /// A page of the workspace's agents that the caller may see, the oldest first.
  Page<AgentView> visible(WorkspaceAccess access, @Nullable RowCursor after, int limit) {
    return Page.read(visible(access, after, true), limit, ROW);
  }

  /// As many of the agents that the caller may see as a snapshot shows, without what only an agent
  /// itself and its editors need: instructions, tools, configuration, descriptions of skills.
  Page<AgentView> forSnapshot(WorkspaceAccess access) {
    return Page.read(
        visible(access, null, false), SnapshotPart.ROWS_MAX, SnapshotPart.BYTES_MAX, ROW);
  }

  private StatementSpec visible(
      WorkspaceAccess access, @Nullable RowCursor after, boolean withLongTexts) {
    return AgentRule.bind(db.sql(VISIBLE), access.caller(), access.workspace())
        .param("full", false)
        .param("long", withLongTexts)
        .param("workspace", access.workspace().value())
        .param("after_id", after == null ? null : after.id())
        .param("after_time", after == null ? null : after.micros());
  }

  /// The agent with all of its skills.
  Optional<AgentView> find(UUID agent) {
    return db.sql(SELECT + "WHERE a.id = :id")
        .param("full", true)
        .param("long", true)
        .param("id", agent)
        .query(ROW)
        .optional();
  }
}
