package dev.muster.tasks.store;

import dev.muster.events.id.RuntimeId;
import dev.muster.events.id.WorkspaceId;
import java.util.Collection;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/// Gives one runtime the sessions that others had, when they turn out to be the same machine's. In
/// the caller's transaction.
public final class RuntimeMoves {
  private final JdbcClient db;

  public RuntimeMoves(JdbcClient db) {
    this.db = db;
  }

  /// Moves the sessions that a next run may go on with: those of issues that are not closed, and of
  /// attempts before the next. No event tells whose a session is.
  public void moveSessions(WorkspaceId workspace, Collection<RuntimeId> from, RuntimeId to) {
    db.sql(
            """
            WITH kept AS (
              SELECT t.id FROM issue i JOIN task t ON t.issue_id = i.id
               WHERE i.workspace_id = :workspace AND i.status NOT IN ('done', 'cancelled')
                 AND (t.runtime_id = ANY (:from) AND t.status = 'completed' AND t.session_id IS NOT NULL
                      OR t.session_runtime_id = ANY (:from) AND t.status = 'queued')
               ORDER BY t.id FOR NO KEY UPDATE OF t
            )
            UPDATE task t
               SET runtime_id = CASE t.status WHEN 'completed' THEN :to ELSE t.runtime_id END,
                   session_runtime_id = CASE WHEN t.session_runtime_id IS NULL THEN NULL ELSE :to END
              FROM kept WHERE t.id = kept.id
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
