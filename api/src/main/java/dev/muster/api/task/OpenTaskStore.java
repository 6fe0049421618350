package dev.muster.api.task;

import dev.muster.api.edge.Page;
import dev.muster.api.edge.RowCursor;
import dev.muster.events.id.RuntimeId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.sql.Rows;
import dev.muster.tasks.command.TaskView;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/// The tasks that have not ended, found by partial indexes: however many have.
@Repository
class OpenTaskStore {
  static final int PENDING_MAX = 1_000;

  private static final String PENDING =
      Page.sql(
          """
          SELECT %s, t.rank_at FROM (
            SELECT * FROM task WHERE runtime_id = :runtime AND status = 'queued' AND ready
            UNION ALL SELECT * FROM task WHERE runtime_id = :runtime AND status = 'queued' AND NOT ready
            UNION ALL SELECT * FROM task WHERE runtime_id = :runtime AND status = 'dispatched') t
           WHERE (t.rank_at, t.id) > (coalesce(to_timestamp(:after_time::bigint / 1e6), '-infinity'),
                                      coalesce(:after_id::uuid, '00000000-0000-0000-0000-000000000000'))
           ORDER BY t.rank_at, t.id
          """
              .formatted(TaskView.COLUMNS),
          "rank_at, id",
          "result",
          "error",
          "comment_ids");

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

  /// A task, and its place among those that wait.
  record Ranked(TaskView task, Instant rankAt) {
    static Ranked of(ResultSet row, int number) throws SQLException {
      return new Ranked(
          Objects.requireNonNull(Rows.of(TaskView.class).mapRow(row, number)),
          row.getObject("rank_at", OffsetDateTime.class).toInstant());
    }
  }

  /// A page of what is queued for the runtime or claimed by it and not started.
  Page<Ranked> pending(RuntimeId runtime, @Nullable RowCursor after, int limit) {
    var statement =
        db.sql(PENDING)
            .param("runtime", runtime.value())
            .param("after_id", after == null ? null : after.id())
            .param("after_time", after == null ? null : after.micros());
    return Page.read(statement, limit, Ranked::of);
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
