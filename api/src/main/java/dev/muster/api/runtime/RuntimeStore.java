package dev.muster.api.runtime;

import dev.muster.events.feed.Outbox;
import dev.muster.events.id.RuntimeId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.sql.Rows;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/// The runtimes in Postgres.
@Repository
class RuntimeStore {
  private static final String VIEW =
      """
      SELECT r.id, r.workspace_id, r.daemon_id, r.name, r.runtime_mode, r.provider, r.status, r.device_info,
             r.metadata::text AS metadata, l.last_seen_at, r.created_at, r.updated_at, r.labels::text AS labels,
             r.max_concurrent_tasks
        FROM runtime r LEFT JOIN runtime_liveness l ON l.runtime_id = r.id
      """;

  private final JdbcClient db;
  private final Outbox outbox;

  RuntimeStore(JdbcClient db, Outbox outbox) {
    this.db = db;
    this.outbox = outbox;
  }

  /// What a runtime was registered as, and whether it had been known before.
  record Registered(UUID id, boolean isNew) {}

  /// Inserts the runtime or overwrites it under the same id; it has just been seen.
  Registered upsert(WorkspaceId workspace, String daemonId, Registration.Entry entry) {
    return db.sql(
            """
            WITH upserted AS (
              INSERT INTO runtime AS r (workspace_id, daemon_id, name, provider, status, device_info, metadata, labels,
                                        max_concurrent_tasks)
              VALUES (:workspace, :daemon, :name, :provider, :status, :device_info,
                      jsonb_build_object('version', :version), :labels::jsonb, :max_concurrent_tasks)
              ON CONFLICT (workspace_id, daemon_id, provider) DO UPDATE
                 SET name = excluded.name, runtime_mode = excluded.runtime_mode, status = excluded.status,
                     device_info = excluded.device_info, metadata = excluded.metadata, labels = excluded.labels,
                     max_concurrent_tasks = excluded.max_concurrent_tasks, updated_at = now()
              RETURNING r.id, r.created_at = now() AS is_new
            ), seen AS (
              INSERT INTO runtime_liveness (runtime_id) SELECT id FROM upserted
              ON CONFLICT (runtime_id) DO UPDATE SET last_seen_at = now()
            )
            SELECT id, is_new FROM upserted
            """)
        .param("workspace", workspace.value())
        .param("daemon", daemonId)
        .param("name", entry.name())
        .param("provider", entry.provider())
        .param("status", entry.status())
        .param("device_info", entry.deviceInfo())
        .param("version", entry.version())
        .param("labels", entry.labels())
        .param("max_concurrent_tasks", entry.maxConcurrentTasks())
        .query(Rows.of(Registered.class))
        .single();
  }

  /// Tells dashboards and analytics what was registered: one event a daemon, as the seed does.
  void tellRegistered(WorkspaceId workspace, Collection<UUID> runtimes) {
    db.sql(
            """
            INSERT INTO outbox (workspace_id, type, subject_id, data)
            SELECT :workspace, 'runtime.registered', :subject,
                   jsonb_build_object('runtimes', jsonb_agg(runtime_view(r, l.last_seen_at) ORDER BY r.created_at, r.id))
              FROM runtime r LEFT JOIN runtime_liveness l ON l.runtime_id = r.id
             WHERE r.id = ANY (:runtimes)
            """)
        .param("workspace", workspace.value())
        .param("subject", runtimes.iterator().next())
        .param("runtimes", runtimes.toArray(UUID[]::new))
        .update();
    outbox.wake();
  }

  /// Takes runtimes offline that a caller of these workspaces names. Returns those that were found.
  List<RuntimeId> deregister(Collection<UUID> runtimes, UUID[] workspaces) {
    var found =
        db.sql(
                """
                WITH gone AS (
                  UPDATE runtime r SET status = 'offline', updated_at = now()
                   WHERE r.id = ANY (:runtimes) AND r.workspace_id = ANY (:workspaces)
                  RETURNING r.id, r.workspace_id
                ), told AS (
                  INSERT INTO outbox (workspace_id, type, subject_id, data)
                  SELECT workspace_id, 'runtime.offline', (array_agg(id))[1],
                         jsonb_build_object('action', 'deregister', 'runtime_ids', jsonb_agg(id))
                    FROM gone GROUP BY workspace_id
                )
                SELECT id FROM gone
                """)
            .param("runtimes", runtimes.toArray(UUID[]::new))
            .param("workspaces", workspaces)
            .query(Rows.id())
            .list();
    outbox.wake();
    return found.stream().map(RuntimeId::new).toList();
  }

  /// Writes down that these runtimes were seen, and brings back those that were offline. Returns
  /// how many came back.
  int seen(Collection<UUID> runtimes) {
    var ids = runtimes.toArray(UUID[]::new);
    db.sql("UPDATE runtime_liveness SET last_seen_at = now() WHERE runtime_id = ANY (:runtimes)")
        .param("runtimes", ids)
        .update();
    var back =
        db.sql(
                """
                WITH back AS (
                  UPDATE runtime r SET status = 'online', updated_at = now()
                   WHERE r.id = ANY (:runtimes) AND r.status = 'offline'
                  RETURNING r
                )
                INSERT INTO outbox (workspace_id, type, subject_id, data)
                SELECT (r).workspace_id, 'runtime.online', (r).id,
                       jsonb_build_object('runtimes', jsonb_build_array(runtime_view(r, now())))
                  FROM back
                """)
            .param("runtimes", ids)
            .update();
    if (back > 0) {
      outbox.wake();
    }
    return back;
  }

  Optional<WorkspaceId> workspaceOf(RuntimeId runtime) {
    return db.sql("SELECT workspace_id FROM runtime WHERE id = :runtime")
        .param("runtime", runtime.value())
        .query(Rows.id())
        .optional()
        .map(WorkspaceId::new);
  }

  boolean workspaceExists(WorkspaceId workspace) {
    return db.sql("SELECT EXISTS (SELECT FROM workspace WHERE id = :workspace)")
        .param("workspace", workspace.value())
        .query(Boolean.class)
        .single();
  }

  List<RuntimeView> list(WorkspaceId workspace) {
    return db.sql(VIEW + " WHERE r.workspace_id = :workspace ORDER BY r.created_at, r.id")
        .param("workspace", workspace.value())
        .query(Rows.of(RuntimeView.class))
        .list();
  }

  List<RuntimeView> byIds(Collection<UUID> runtimes) {
    return db.sql(VIEW + " WHERE r.id = ANY (:runtimes)")
        .param("runtimes", runtimes.toArray(UUID[]::new))
        .query(Rows.of(RuntimeView.class))
        .list();
  }
}
