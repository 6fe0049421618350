package dev.muster.api.skill;

import dev.muster.api.edge.Limits;
import dev.muster.api.edge.Page;
import dev.muster.events.id.UserId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.sql.Rows;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// The rows of skills.
@Component
class SkillStore {
  static final int LIST_MAX = 1_000;
  private static final RowMapper<SkillView> ROW = Rows.of(SkillView.class);

  private static final String LIST =
      Page.sql(
          """
          SELECT id, workspace_id, name, description, content, config::text AS config, created_by, created_at, updated_at,
                 NULL AS files
            FROM skill WHERE workspace_id = :workspace AND name > :after ORDER BY name
          """,
          "name",
          "description",
          "content",
          "config");

  private final JdbcClient db;

  SkillStore(JdbcClient db) {
    this.db = db;
  }

  /// A page of the workspace's skills in the order of their names.
  Page<SkillView> list(WorkspaceId workspace, @Nullable String afterName, int limit) {
    var statement =
        db.sql(LIST)
            .param("workspace", workspace.value())
            .param("after", afterName == null ? "" : afterName);
    return Page.read(statement, limit, ROW);
  }

  int count(WorkspaceId workspace) {
    return db.sql("SELECT count(*) FROM skill WHERE workspace_id = :workspace")
        .param("workspace", workspace.value())
        .query(Integer.class)
        .single();
  }

  /// Whether the skill's texts, or those of all skills of an agent that has it, are longer together
  /// than one answer should be.
  boolean isTooLong(UUID skill) {
    return db.sql(
            """
            WITH length AS (
              SELECT s.id, octet_length(s.content) + coalesce((SELECT sum(octet_length(f.content))
                                                                 FROM skill_file f WHERE f.skill_id = s.id), 0) AS bytes
                FROM skill s
               WHERE s.id = :id OR s.id IN (SELECT other.skill_id FROM agent_skill mine
                                              JOIN agent_skill other ON other.agent_id = mine.agent_id
                                             WHERE mine.skill_id = :id)
            )
            SELECT EXISTS (SELECT FROM length WHERE id = :id AND bytes > :skill_max)
                   OR EXISTS (SELECT FROM agent_skill mine
                                JOIN agent_skill other ON other.agent_id = mine.agent_id
                                JOIN length l ON l.id = other.skill_id
                               WHERE mine.skill_id = :id
                               GROUP BY mine.agent_id HAVING sum(l.bytes) > :agent_max)
            """)
        .param("id", skill)
        .param("skill_max", Limits.SKILL_BYTES)
        .param("agent_max", Limits.AGENT_SKILLS_BYTES)
        .query(Boolean.class)
        .single();
  }

  /// The skill, if it belongs to one of the workspaces.
  Optional<SkillView> find(UUID skill, UUID[] workspaces) {
    return db.sql(
            """
            SELECT id, workspace_id, name, description, content, config, created_by, created_at, updated_at, NULL AS files
              FROM skill WHERE id = :id AND workspace_id = ANY (:workspaces)
            """)
        .param("id", skill)
        .param("workspaces", workspaces)
        .query(ROW)
        .optional();
  }

  /// Makes a skill; empty if the workspace has one of that name.
  Optional<UUID> insert(WorkspaceId workspace, UserId creator, String name, SkillFields fields) {
    return db.sql(
            """
            INSERT INTO skill (workspace_id, name, description, content, config, created_by)
            VALUES (:workspace, :name, coalesce(:description, ''), coalesce(:content, ''),
                    coalesce(:config::jsonb, '{}'), :creator)
            ON CONFLICT (workspace_id, name) DO NOTHING
            RETURNING id
            """)
        .param("workspace", workspace.value())
        .param("name", name)
        .param("description", fields.checkedDescription())
        .param("content", fields.checkedContent())
        .param("config", fields.configJson())
        .param("creator", creator.value())
        .query(UUID.class)
        .optional();
  }

  /// Changes what the fields say. The row stays locked, so that two changes of the files do not
  /// mix.
  void update(UUID skill, @Nullable String name, SkillFields fields) {
    db.sql(
            """
            UPDATE skill
               SET name = coalesce(:name, name), description = coalesce(:description, description),
                   content = coalesce(:content, content), config = coalesce(:config::jsonb, config), updated_at = now()
             WHERE id = :id
            """)
        .param("id", skill)
        .param("name", name)
        .param("description", fields.checkedDescription())
        .param("content", fields.checkedContent())
        .param("config", fields.configJson())
        .update();
  }

  void touch(UUID skill) {
    db.sql("UPDATE skill SET updated_at = now() WHERE id = :id").param("id", skill).update();
  }

  boolean delete(UUID skill) {
    return db.sql("DELETE FROM skill WHERE id = :id").param("id", skill).update() == 1;
  }
}
