package dev.muster.api.daemon;

import dev.muster.events.id.RuntimeId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.sql.Rows;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// In which workspaces something has changed that may let any runtime begin what waits for it, and
/// for which of their runtimes something waits.
@Component
final class WorkLookups {
  private final JdbcClient db;
  private final Set<WorkspaceId> asked = ConcurrentHashMap.newKeySet();
  private final Semaphore something = new Semaphore(0);

  WorkLookups(JdbcClient db) {
    this.db = db;
  }

  /// Wants the workspace to be looked at. Waits for nobody.
  void ask(WorkspaceId workspace) {
    if (asked.add(workspace)) {
      something.release();
    }
  }

  /// The workspaces to look at; waits until there is one.
  List<WorkspaceId> take() throws InterruptedException {
    something.acquire();
    something.drainPermits();
    var workspaces = List.copyOf(asked);
    workspaces.forEach(asked::remove);
    return workspaces;
  }

  /// Those of the runtimes that have been given a task and not claimed it.
  List<RuntimeId> withWork(Collection<RuntimeId> runtimes) {
    return db
        .sql(
            """
            SELECT r FROM unnest(:runtimes::uuid[]) AS r
             WHERE EXISTS (SELECT FROM task t WHERE t.runtime_id = r AND t.status = 'queued' AND t.ready)
            """)
        .param("runtimes", runtimes.stream().map(RuntimeId::value).toArray(UUID[]::new))
        .query(Rows.id())
        .list()
        .stream()
        .map(RuntimeId::new)
        .toList();
  }
}
