package dev.muster.api.runtime;

import dev.muster.api.edge.Refused;
import dev.muster.events.id.RuntimeId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.sql.Rows;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/// Runtimes that are to be removed, and what hangs on them.
@Repository
class RemovalStore {
  private final JdbcClient db;

  RemovalStore(JdbcClient db) {
    this.db = db;
  }

  record Agent(UUID id, String name) {}

  private record Tasks(int queued, int active) {}

  /// What keeps a runtime from being removed.
  ///
  /// @param queuedTasks of agents that name the runtime
  record Hanging(List<Agent> agents, int queuedTasks, int activeTasks) {
    boolean isNothing() {
      return agents.isEmpty() && queuedTasks == 0 && activeTasks == 0;
    }

    /// In the words that Multica's command line knows, and what else there is.
    Refused refused() {
      var error =
          activeTasks > 0
              ? "the runtime has %d tasks in hand: they must end before it can be removed"
                  .formatted(activeTasks)
              : "%d agents and %d waiting tasks name this runtime: say with move_to where they go"
                  .formatted(agents.size(), queuedTasks);
      return Refused.conflict(
          error,
          Map.of(
              "code",
              "runtime_has_active_agents",
              "active_agents",
              agents,
              "queued_tasks",
              queuedTasks,
              "active_tasks",
              activeTasks));
    }
  }

  /// Locks runtimes of the workspace. Returns those that there are.
  List<RuntimeId> lock(WorkspaceId workspace, Collection<RuntimeId> runtimes) {
    return db
        .sql(
            """
            SELECT id FROM runtime WHERE id = ANY (:runtimes) AND workspace_id = :workspace ORDER BY id FOR UPDATE
            """)
        .param("runtimes", runtimes.stream().map(RuntimeId::value).toArray(UUID[]::new))
        .param("workspace", workspace.value())
        .query(Rows.id())
        .list()
        .stream()
        .map(RuntimeId::new)
        .toList();
  }

  /// What hangs on the runtime; its agents are locked.
  Hanging hanging(RuntimeId runtime) {
    var agents =
        db.sql(
                "SELECT id, name FROM agent WHERE runtime_id = :runtime ORDER BY id FOR NO KEY UPDATE")
            .param("runtime", runtime.value())
            .query(Rows.of(Agent.class))
            .list();
    var tasks =
        db.sql(
                """
                SELECT count(*) FILTER (WHERE status = 'queued' AND pinned)::int AS queued,
                       count(*) FILTER (WHERE status <> 'queued')::int AS active
                  FROM task WHERE runtime_id = :runtime AND status IN ('queued', 'dispatched', 'running')
                """)
            .param("runtime", runtime.value())
            .query(Rows.of(Tasks.class))
            .single();
    return new Hanging(agents, tasks.queued(), tasks.active());
  }

  void delete(RuntimeId runtime) {
    db.sql("DELETE FROM runtime WHERE id = :runtime").param("runtime", runtime.value()).update();
  }
}
