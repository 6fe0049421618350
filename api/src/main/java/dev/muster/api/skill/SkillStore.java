package dev.muster.api.skill;

import dev.muster.events.id.UserId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.sql.Rows;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// The rows of skills.
@Component
class SkillStore {
  private static final int LIST_MAX = 1_000;
  private static final RowMapper<SkillView> ROW = Rows.of(SkillView.class);

  private final JdbcClient db;

  SkillStore(JdbcClient db) {
    this.db = db;
  }

  List<SkillView> list(WorkspaceId workspace) {
    return db.sql(
            """
            SELECT id, workspace_id, name, description, content, config, created_by, created_at, updated_at, NULL AS files
              FROM skill WHERE workspace_id = :workspace ORDER BY name LIMIT :max
            """)
        .param("workspace", workspace.value())
        .param("max", LIST_MAX)
        .query(ROW)
        .list();
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
