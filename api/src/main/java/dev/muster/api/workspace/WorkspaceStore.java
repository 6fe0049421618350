package dev.muster.api.workspace;

import dev.muster.events.id.WorkspaceId;
import dev.muster.events.sql.Rows;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// The rows of workspaces.
@Component
class WorkspaceStore {
  private static final int LIST_MAX = 10_000;

  private static final RowMapper<WorkspaceView> ROW = Rows.of(WorkspaceView.class);

  private final JdbcClient db;

  WorkspaceStore(JdbcClient db) {
    this.db = db;
  }

  List<WorkspaceView> list(UUID[] ids) {
    return db.sql(
            """
            SELECT id, name, slug, description, context, settings, repos, issue_prefix, created_at, updated_at
              FROM workspace WHERE id = ANY (:ids) ORDER BY created_at, id LIMIT :max
            """)
        .param("ids", ids)
        .param("max", LIST_MAX)
        .query(ROW)
        .list();
  }

  Optional<WorkspaceView> find(WorkspaceId workspace) {
    return list(new UUID[] {workspace.value()}).stream().findFirst();
  }

  /// The workspace's name, its row locked: whoever counts owners comes through here.
  Optional<String> lock(WorkspaceId workspace) {
    return db.sql("SELECT name FROM workspace WHERE id = :id FOR NO KEY UPDATE")
        .param("id", workspace.value())
        .query(String.class)
        .optional();
  }

  /// Keeps the workspace from being deleted in this transaction. Returns false if it is gone.
  boolean keep(WorkspaceId workspace) {
    return db.sql("SELECT id FROM workspace WHERE id = :id FOR KEY SHARE")
        .param("id", workspace.value())
        .query(UUID.class)
        .optional()
        .isPresent();
  }

  Optional<WorkspaceId> bySlug(String slug) {
    return db.sql("SELECT id FROM workspace WHERE slug = :slug")
        .param("slug", slug)
        .query(UUID.class)
        .optional()
        .map(WorkspaceId::new);
  }

  /// Makes a workspace; empty if the slug is taken.
  Optional<WorkspaceId> insert(String name, String slug, String prefix, WorkspaceFields fields) {
    return db.sql(
            """
            INSERT INTO workspace (name, slug, description, context, settings, repos, issue_prefix)
            VALUES (:name, :slug, :description, :context, coalesce(:settings::jsonb, '{}'), coalesce(:repos::jsonb, '[]'),
                    :prefix)
            ON CONFLICT (slug) DO NOTHING
            RETURNING id
            """)
        .param("name", name)
        .param("slug", slug)
        .param("description", fields.checkedDescription())
        .param("context", fields.checkedContext())
        .param("settings", fields.settingsJson())
        .param("repos", fields.reposJson())
        .param("prefix", prefix)
        .query(UUID.class)
        .optional()
        .map(WorkspaceId::new);
  }

  boolean update(WorkspaceId workspace, @Nullable String name, WorkspaceFields fields) {
    return db.sql(
                """
                UPDATE workspace
                   SET name = coalesce(:name, name), description = coalesce(:description, description),
                       context = coalesce(:context, context), settings = coalesce(:settings::jsonb, settings),
                       repos = coalesce(:repos::jsonb, repos), issue_prefix = coalesce(:prefix, issue_prefix),
                       updated_at = now()
                 WHERE id = :id
                """)
            .param("id", workspace.value())
            .param("name", name)
            .param("description", fields.checkedDescription())
            .param("context", fields.checkedContext())
            .param("settings", fields.settingsJson())
            .param("repos", fields.reposJson())
            .param("prefix", fields.prefix())
            .update()
        == 1;
  }

  /// Deletes the workspace with all it holds. Agents go first, since a runtime cannot go before the
  /// agents that name it.
  boolean delete(WorkspaceId workspace) {
    db.sql("DELETE FROM agent WHERE workspace_id = :id").param("id", workspace.value()).update();
    return db.sql("DELETE FROM workspace WHERE id = :id").param("id", workspace.value()).update()
        == 1;
  }
}
