package dev.muster.dispatcher.lease;

import dev.muster.events.feed.Outbox;
import dev.muster.events.id.RuntimeId;
import dev.muster.events.sql.Rows;
import java.time.Duration;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/// Runtimes that are silent, in Postgres, by its clock.
@Repository
class LeaseStore {
  private static final int BATCH_MAX = 500;

  private final JdbcClient db;
  private final Outbox outbox;

  LeaseStore(JdbcClient db, Outbox outbox) {
    this.db = db;
    this.outbox = outbox;
  }

  /// Takes runtimes offline that were not seen for so long, and says so: one event a workspace.
  /// Returns how many.
  int takeStaleOffline(Duration silence) {
    var workspaces =
        db.sql(
                """
                WITH stale AS (
                  SELECT r.id FROM runtime r JOIN runtime_liveness l ON l.runtime_id = r.id
                   WHERE r.status = 'online' AND l.last_seen_at < now() - make_interval(secs => :silence)
                   ORDER BY r.id LIMIT :batch_max FOR NO KEY UPDATE OF r SKIP LOCKED
                ), gone AS (
                  UPDATE runtime r SET status = 'offline', updated_at = now()
                    FROM stale WHERE r.id = stale.id AND r.status = 'online'
                  RETURNING r.id, r.workspace_id
                )
                INSERT INTO outbox (workspace_id, type, subject_id, data)
                SELECT workspace_id, 'runtime.offline', (array_agg(id))[1],
                       jsonb_build_object('action', 'stale_sweep', 'runtime_ids', jsonb_agg(id))
                  FROM gone GROUP BY workspace_id
                """)
            .param("silence", silence.toSeconds())
            .param("batch_max", BATCH_MAX)
            .update();
    if (workspaces > 0) {
      outbox.wake();
    }
    return workspaces;
  }

  /// The offline runtimes that still hold tasks.
  List<RuntimeId> offlineWithTasks() {
    return db
        .sql(
            """
            SELECT r.id FROM runtime r
             WHERE r.status = 'offline'
               AND EXISTS (SELECT FROM task t WHERE t.runtime_id = r.id AND t.status IN ('dispatched', 'running'))
             ORDER BY r.id LIMIT :batch_max
            """)
        .param("batch_max", BATCH_MAX)
        .query(Rows.id())
        .list()
        .stream()
        .map(RuntimeId::new)
        .toList();
  }
}
