package dev.muster.api.runtime;

import dev.muster.events.id.RuntimeId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.sql.Rows;
import dev.muster.events.task.FailureReason;
import dev.muster.tasks.lane.Tasks;
import dev.muster.tasks.store.RuntimeMoves;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// What a daemon had under the identities that it says it had before, as after an upgrade.
///
/// A runtime that has gone is adopted: it gets the new identity and keeps its id, and with it
/// agents, tasks, sessions and history. Where that cannot be, since the daemon has been here under
/// the new identity too or somebody still speaks for the old one, what the old one has moves over.
/// All of it happens in the transaction of the registration.
@Component
class LegacyRuntimes {
  /// A runtime that was silent for longer than this is taken to be gone.
  private static final int ALIVE_SECONDS = 45;

  private final JdbcClient db;
  private final Tasks tasks;
  private final RuntimeMoves moves;
  private final Heirs heirs;

  LegacyRuntimes(JdbcClient db, Tasks tasks, Heirs heirs) {
    this.db = db;
    this.tasks = tasks;
    this.moves = new RuntimeMoves(db);
    this.heirs = heirs;
  }

  /// Makes the daemon's own what it had before and can keep, ahead of its registration.
  void adopt(WorkspaceId workspace, Registration registration) {
    if (registration.legacyDaemonIds().isEmpty()) {
      return;
    }
    // Two registrations of one daemon would else both adopt.
    db.sql("SELECT 1 FROM pg_advisory_xact_lock(hashtextextended(:workspace || :daemon, 12))")
        .param("workspace", workspace.toString())
        .param("daemon", registration.daemonId())
        .query(Integer.class)
        .single();
    registration.entries().stream()
        .filter(entry -> entry.apart().isEmpty())
        .forEach(entry -> adopt(workspace, registration, entry.provider()));
  }

  private void adopt(WorkspaceId workspace, Registration registration, String provider) {
    db.sql(
            """
            UPDATE runtime SET daemon_id = :daemon, updated_at = now()
             WHERE id = (SELECT r.id FROM runtime r LEFT JOIN runtime_liveness l ON l.runtime_id = r.id
                          WHERE r.workspace_id = :workspace AND lower(r.daemon_id) = ANY (:legacy)
                            AND r.provider = :provider AND r.apart = ''
                            AND (r.status = 'offline' OR l.last_seen_at IS NULL
                                 OR l.last_seen_at < now() - make_interval(secs => :alive))
                          ORDER BY l.last_seen_at DESC NULLS LAST, r.id LIMIT 1 FOR NO KEY UPDATE OF r)
               AND NOT EXISTS (SELECT FROM runtime own
                                WHERE own.workspace_id = :workspace AND own.daemon_id = :daemon
                                  AND own.provider = :provider AND own.apart = '')
            """)
        .param("workspace", workspace.value())
        .param("daemon", registration.daemonId())
        .param("legacy", registration.legacyDaemonIds().toArray(String[]::new))
        .param("provider", provider)
        .param("alive", ALIVE_SECONDS)
        .update();
  }

  /// Moves over what the daemon has left under identities that it had before.
  void merge(WorkspaceId workspace, Registration registration, String provider, UUID registered) {
    if (registration.legacyDaemonIds().isEmpty()) {
      return;
    }
    var old = old(workspace, registration, provider, registered);
    if (old.isEmpty()) {
      return;
    }
    var runtime = new RuntimeId(registered);
    var _ = tasks.endActive(old, FailureReason.RUNTIME_RESTARTED, null);
    heirs.inherit(old, runtime);
    moves.moveSessions(workspace, old, runtime);
    noteMerged(old, runtime);
  }

  /// Those with something to move, locked: others have been merged before, or never had work.
  private List<RuntimeId> old(
      WorkspaceId workspace, Registration registration, String provider, UUID registered) {
    return db
        .sql(
            """
            SELECT r.id FROM runtime r
             WHERE r.workspace_id = :workspace AND lower(r.daemon_id) = ANY (:legacy) AND r.provider = :provider
               AND r.apart = '' AND r.id <> :registered AND r.metadata ->> 'merged_into' IS DISTINCT FROM :registered::text
             ORDER BY r.id FOR NO KEY UPDATE
            """)
        .param("workspace", workspace.value())
        .param("legacy", registration.legacyDaemonIds().toArray(String[]::new))
        .param("provider", provider)
        .param("registered", registered)
        .query(Rows.id())
        .list()
        .stream()
        .map(RuntimeId::new)
        .toList();
  }

  /// The old row stays, since finished tasks name it. Whoever registers it again makes it one of
  /// its own again.
  private void noteMerged(List<RuntimeId> old, RuntimeId into) {
    db.sql(
            """
            UPDATE runtime SET metadata = metadata || jsonb_build_object('merged_into', :into::text), updated_at = now()
             WHERE id = ANY (:old)
            """)
        .param("into", into.value())
        .param("old", old.stream().map(RuntimeId::value).toArray(UUID[]::new))
        .update();
  }
}
