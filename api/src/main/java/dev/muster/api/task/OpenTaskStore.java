package dev.muster.api.task;

import dev.muster.events.id.RuntimeId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.sql.Rows;
import dev.muster.tasks.command.TaskView;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/// The tasks that have not ended, found by partial indexes: however many have.
@Repository
class OpenTaskStore {
  private static final int PENDING_MAX = 1_000;

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

  /// What is queued for the runtime or claimed by it and not started.
  List<TaskView> pending(RuntimeId runtime) {
    return db.sql(
            """
            SELECT %s FROM (
              SELECT * FROM task WHERE runtime_id = :runtime AND status = 'queued' AND ready
              UNION ALL SELECT * FROM task WHERE runtime_id = :runtime AND status = 'queued' AND NOT ready
              UNION ALL SELECT * FROM task WHERE runtime_id = :runtime AND status = 'dispatched') t
             ORDER BY t.rank_at, t.id
             LIMIT :limit
            """
                .formatted(TaskView.COLUMNS))
        .param("runtime", runtime.value())
        .param("limit", PENDING_MAX)
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

  /// How many tasks of the workspace wait for each reason, of a long queue those of 1,000: it takes
  /// a millisecond to find out why one waits.
  Map<String, Integer> waitingReasons(WorkspaceId workspace) {
    var counts = new LinkedHashMap<String, Integer>();
    db.sql(
            """
            SELECT waiting_reason(t) AS reason, count(*)::int AS tasks
              FROM (SELECT * FROM task WHERE workspace_id = :workspace AND status = 'queued' LIMIT 1000) t
             GROUP BY 1 ORDER BY 2 DESC, 1
            """)
        .param("workspace", workspace.value())
        .query((row, _) -> Map.entry(row.getString("reason"), row.getInt("tasks")))
        .list()
        .forEach(e -> counts.put(e.getKey(), e.getValue()));
    return counts;
  }
}
