package dev.muster.api.task;

import dev.muster.events.id.WorkspaceId;
import dev.muster.events.sql.Rows;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/// The tasks of a workspace that have not ended, found by partial indexes: however many have.
@Repository
class OpenTaskStore {
  private final JdbcClient db;

  OpenTaskStore(JdbcClient db) {
    this.db = db;
  }

  /// How many tasks are open, by state.
  record Counts(long queued, long dispatched, long running) {
    long all() {
      return queued + dispatched + running;
    }
  }

  /// Found by the agents, whose active tasks have an index.
  List<TaskView> active(WorkspaceId workspace, int limit) {
    return db.sql(
            """
            SELECT %s FROM agent a JOIN task t ON t.agent_id = a.id AND t.status IN ('dispatched', 'running')
             WHERE a.workspace_id = :workspace
             LIMIT :limit
            """
                .formatted(TaskView.COLUMNS))
        .param("workspace", workspace.value())
        .param("limit", limit)
        .query(Rows.of(TaskView.class))
        .list();
  }

  /// The newest of those that wait.
  List<TaskView> queued(WorkspaceId workspace, int limit) {
    return db.sql(
            """
            SELECT %s FROM task t WHERE t.workspace_id = :workspace AND t.status = 'queued'
             ORDER BY t.created_at DESC, t.id DESC
             LIMIT :limit
            """
                .formatted(TaskView.COLUMNS))
        .param("workspace", workspace.value())
        .param("limit", limit)
        .query(Rows.of(TaskView.class))
        .list();
  }

  Counts counts(WorkspaceId workspace) {
    return db.sql(
            """
            SELECT (SELECT count(*) FROM task WHERE workspace_id = :workspace AND status = 'queued') AS queued,
                   count(*) FILTER (WHERE t.status = 'dispatched') AS dispatched,
                   count(*) FILTER (WHERE t.status = 'running') AS running
              FROM agent a JOIN task t ON t.agent_id = a.id AND t.status IN ('dispatched', 'running')
             WHERE a.workspace_id = :workspace
            """)
        .param("workspace", workspace.value())
        .query(Rows.of(Counts.class))
        .single();
  }
}
