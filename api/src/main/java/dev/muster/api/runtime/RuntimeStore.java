package dev.muster.api.runtime;

import dev.muster.api.access.Caller;
import dev.muster.api.edge.Page;
import dev.muster.api.edge.RowCursor;
import dev.muster.api.snapshot.SnapshotPart;
import dev.muster.events.feed.Outbox;
import dev.muster.events.id.RuntimeId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.sql.Rows;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/// The runtimes in Postgres.
@Repository
class RuntimeStore {
  private static final String VIEW =
      """
      SELECT r.id, r.workspace_id, r.daemon_id, r.name, r.runtime_mode, r.provider, r.status, r.device_info,
             r.metadata::text AS metadata, l.last_seen_at, r.created_at, r.updated_at, r.labels::text AS labels,
             r.max_concurrent_tasks, r.intake, r.deaf, l.last_claim_at, r.process_id,
             (SELECT count(*)::int FROM task t WHERE t.runtime_id = r.id AND t.status IN ('dispatched', 'running')) AS active_tasks
        FROM runtime r LEFT JOIN runtime_liveness l ON l.runtime_id = r.id
      """;

  /// Ends a statement that changes a runtime in `changed`, as `r`: tells how it is now.
  static final String TELL_CHANGED =
      """
      INSERT INTO outbox (workspace_id, type, subject_id, data)
      SELECT (r).workspace_id, 'runtime.updated', (r).id,
             jsonb_build_object('runtimes', jsonb_build_array(runtime_view(r, l.last_seen_at)))
        FROM changed LEFT JOIN runtime_liveness l ON l.runtime_id = (r).id
      """;

  private static final String LIST =
      Page.sql(
          VIEW
              + """
              WHERE r.workspace_id = :workspace
                AND (r.created_at, r.id) > (coalesce(to_timestamp(:after_time::bigint / 1e6), '-infinity'),
                                            coalesce(:after_id::uuid, '00000000-0000-0000-0000-000000000000'))
              ORDER BY r.created_at, r.id
              """,
          "created_at, id",
          "name",
          "device_info",
          "metadata",
          "labels");

  private final JdbcClient db;
  private final Outbox outbox;

  RuntimeStore(JdbcClient db, Outbox outbox) {
    this.db = db;
    this.outbox = outbox;
  }

  /// What a runtime was registered as.
  ///
  /// @param isOrphaning whether another process had it before, so that what it ran is over
  record Registered(UUID id, boolean isOrphaning) {}

  /// Inserts the runtime or overwrites it under the same id; it has just been seen. Empty if a
  /// newer process has taken over from this one.
  ///
  /// @param token the token that it is registered with
  Optional<Registered> upsert(
      WorkspaceId workspace, Registration registration, Registration.Entry entry, UUID token) {
    return db.sql(
            """
            WITH upserted AS (
              INSERT INTO runtime AS r (workspace_id, daemon_id, name, provider, apart, status, device_info, metadata, labels,
                                        max_concurrent_tasks, serial, process_id, registered_at, token_id)
              VALUES (:workspace, :daemon, :name, :provider, :apart, :status, :device_info,
                      jsonb_build_object('version', :version), :labels::jsonb, :max_concurrent_tasks, :serial, :process,
                      CASE WHEN :no_restart THEN now() END, CASE WHEN NOT :no_restart THEN :token::uuid END)
              ON CONFLICT (workspace_id, daemon_id, provider, apart) DO UPDATE
                 SET name = CASE WHEN r.renamed THEN r.name ELSE excluded.name END, runtime_mode = excluded.runtime_mode, status = excluded.status,
                     device_info = excluded.device_info, metadata = excluded.metadata, labels = excluded.labels,
                     max_concurrent_tasks = excluded.max_concurrent_tasks, serial = excluded.serial,
                     process_id = excluded.process_id, token_id = excluded.token_id, deaf = false, updated_at = now(),
                     registered_at = CASE WHEN excluded.process_id IS NULL AND (:no_restart OR r.recovers) THEN now() END,
                     intake = CASE WHEN r.intake = 'draining' THEN 'open' ELSE r.intake END,
                     superseded_ids = CASE WHEN r.process_id IS DISTINCT FROM excluded.process_id AND r.process_id IS NOT NULL
                                           THEN superseded(r.process_id, r.superseded_ids) ELSE r.superseded_ids END
               WHERE excluded.process_id IS NULL OR NOT excluded.process_id = ANY (r.superseded_ids)
              RETURNING new.id, old.id IS NOT NULL
                                AND CASE WHEN new.process_id IS NULL THEN NOT (:no_restart OR old.recovers)
                                         ELSE old.process_id IS DISTINCT FROM new.process_id END AS is_orphaning
            ), seen AS (
              INSERT INTO runtime_liveness (runtime_id, last_claim_at) SELECT id, now() FROM upserted
              ON CONFLICT (runtime_id) DO UPDATE SET last_seen_at = now(), last_claim_at = now()
            )
            SELECT id, is_orphaning FROM upserted
            """)
        .param("workspace", workspace.value())
        .param("daemon", registration.daemonId())
        .param("process", registration.processId())
        .param("name", entry.name())
        .param("provider", entry.provider())
        .param("apart", entry.apart())
        .param("status", entry.status())
        .param("device_info", entry.deviceInfo())
        .param("version", entry.version())
        .param("labels", entry.labels())
        .param("max_concurrent_tasks", entry.maxConcurrentTasks())
        .param("serial", entry.serial())
        .param("no_restart", registration.isNoRestart())
        .param("token", token)
        .query(Rows.of(Registered.class))
        .optional();
  }

  /// How many runtimes the workspace would have, were these registered.
  int countWith(WorkspaceId workspace, String daemon, Collection<String> providers) {
    return db.sql(
            """
            SELECT (SELECT count(*) FROM runtime WHERE workspace_id = :workspace)::int
                   + count(*) FILTER (WHERE NOT EXISTS (
                       SELECT FROM runtime r
                        WHERE r.workspace_id = :workspace AND r.daemon_id = :daemon AND r.provider = p))::int
              FROM unnest(:providers::text[]) AS p
            """)
        .param("workspace", workspace.value())
        .param("daemon", daemon)
        .param("providers", providers.toArray(String[]::new))
        .query(Integer.class)
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

  /// Takes runtimes offline that are in the workspaces of the caller, and its daemon's own. Returns
  /// those that were found.
  List<RuntimeId> deregister(Collection<UUID> runtimes, Caller caller) {
    var binding = caller.binding();
    var found =
        db.sql(
                """
                WITH gone AS (
                  UPDATE runtime r SET status = 'offline', updated_at = now()
                   WHERE r.id = ANY (:runtimes) AND r.workspace_id = ANY (:workspaces)
                     AND (NOT :bound OR r.daemon_id = :daemon::text)
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
            .param("workspaces", caller.workspaces())
            .param("bound", binding != null)
            .param("daemon", binding == null ? null : binding.daemon())
            .query(Rows.id())
            .list();
    outbox.wake();
    return found.stream().map(RuntimeId::new).toList();
  }

  boolean workspaceExists(WorkspaceId workspace) {
    return db.sql("SELECT EXISTS (SELECT FROM workspace WHERE id = :workspace)")
        .param("workspace", workspace.value())
        .query(Boolean.class)
        .single();
  }

  /// A page of the workspace's runtimes, the oldest first.
  Page<RuntimeView> list(WorkspaceId workspace, @Nullable RowCursor after, int limit) {
    return Page.read(list(workspace.value(), after), limit, Rows.of(RuntimeView.class));
  }

  /// As many of the workspace's runtimes as a snapshot shows, the oldest first.
  Page<RuntimeView> forSnapshot(WorkspaceId workspace) {
    return Page.read(
        list(workspace.value(), null),
        SnapshotPart.ROWS_MAX,
        SnapshotPart.BYTES_MAX,
        Rows.of(RuntimeView.class));
  }

  private JdbcClient.StatementSpec list(UUID workspace, @Nullable RowCursor after) {
    return db.sql(LIST)
        .param("workspace", workspace)
        .param("after_id", after == null ? null : after.id())
        .param("after_time", after == null ? null : after.micros());
  }

  List<RuntimeView> byIds(Collection<UUID> runtimes) {
    return db.sql(VIEW + " WHERE r.id = ANY (:runtimes)")
        .param("runtimes", runtimes.toArray(UUID[]::new))
        .query(Rows.of(RuntimeView.class))
        .list();
  }

  /// Notes that the runtime's daemon says by itself when it was restarted. Returns when it last
  /// registered; empty if each of its registrations was a restart.
  Optional<Instant> recovers(RuntimeId runtime) {
    return db.sql(
            "UPDATE runtime SET serial = false, recovers = true WHERE id = :runtime RETURNING"
                + " registered_at")
        .param("runtime", runtime.value())
        .query((row, _) -> Optional.ofNullable(row.getObject(1, OffsetDateTime.class)))
        .optional()
        .flatMap(at -> at)
        .map(OffsetDateTime::toInstant);
  }
}
