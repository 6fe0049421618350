package dev.muster.tasks.store;

import dev.muster.events.id.RuntimeId;
import dev.muster.events.id.WorkspaceId;
import java.util.Collection;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/// Gives one runtime what others had, when they turn out to be the same machine's. In the caller's
/// transaction.
public final class RuntimeMoves {
  private final JdbcClient db;

  public RuntimeMoves(JdbcClient db) {
    this.db = db;
  }

  /// Moves what waits for its agent's runtime. The dispatcher assigns it anew, and tells so.
  public void moveQueued(Collection<RuntimeId> from, RuntimeId to) {
    db.sql(
            """
            WITH waiting AS (
              SELECT id FROM task WHERE runtime_id = ANY (:from) AND status = 'queued' AND pinned
               ORDER BY id FOR NO KEY UPDATE
            )
            UPDATE task t
               SET runtime_id = :to, assigned_at = NULL,
                   session_runtime_id = CASE WHEN t.session_runtime_id = ANY (:from) THEN :to ELSE t.session_runtime_id END
              FROM waiting WHERE t.id = waiting.id
            """)
        .param("from", ids(from))
        .param("to", to.value())
        .update();
  }

  /// Moves the sessions that a next run may go on with: those of issues that are not closed.
  public void moveSessions(WorkspaceId workspace, Collection<RuntimeId> from, RuntimeId to) {
    db.sql(
            """
            WITH ended AS (
              SELECT t.id FROM issue i JOIN task t ON t.issue_id = i.id
               WHERE i.workspace_id = :workspace AND i.status NOT IN ('done', 'cancelled')
                 AND t.runtime_id = ANY (:from) AND t.status = 'completed' AND t.session_id IS NOT NULL
               ORDER BY t.id FOR NO KEY UPDATE OF t
            )
            UPDATE task t SET runtime_id = :to, session_runtime_id = CASE WHEN t.session_runtime_id IS NULL THEN NULL ELSE :to END
              FROM ended WHERE t.id = ended.id
            """)
        .param("workspace", workspace.value())
        .param("from", ids(from))
        .param("to", to.value())
        .update();
  }

  private static UUID[] ids(Collection<RuntimeId> runtimes) {
    return runtimes.stream().map(RuntimeId::value).toArray(UUID[]::new);
  }
}
