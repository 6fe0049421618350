package dev.muster.api.storage;

import dev.muster.events.id.WorkspaceId;
import dev.muster.events.sql.Rows;
import dev.muster.events.storage.StoredBytes;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/// What is counted of each workspace, and whose turn it is to be measured.
///
/// Whoever measures has a lease, which ends by itself where they die. All that they write is
/// guarded by it, so that of two who measure the same workspace one counts.
@Repository
class StorageStore {
  /// A measuring that takes long has a twentieth of the time.
  private static final int PAUSES = 19;

  private final JdbcClient db;
  private final StoredBytes stored;

  StorageStore(JdbcClient db, StoredBytes stored) {
    this.db = db;
    this.stored = stored;
  }

  /// What is counted of a workspace.
  record Kept(long bytes, @Nullable Instant measuredAt) {}

  Optional<Kept> find(WorkspaceId workspace) {
    return db.sql(
            "SELECT bytes, measured_at FROM workspace_storage WHERE workspace_id = :workspace")
        .param("workspace", workspace.value())
        .query(Rows.of(Kept.class))
        .optional();
  }

  /// A workspace that somebody measures.
  ///
  /// @param counted the bytes that were counted when that began
  record Turn(WorkspaceId workspace, UUID lease, long counted) {}

  private record Due(UUID workspaceId, long bytes) {}

  /// Takes the largest workspace whose turn it is: never measured; full, since somebody may have
  /// made room; large, an hour ago; any other, a week ago.
  Optional<Turn> begin() {
    var lease = UUID.randomUUID();
    return db.sql(
            """
            UPDATE workspace_storage SET lease = :lease, leased_until = now() + interval '5 minutes'
             WHERE workspace_id = (
               SELECT workspace_id FROM workspace_storage
                WHERE (leased_until IS NULL OR leased_until < now())
                  AND (measured_at IS NULL
                       OR now() > measured_at + greatest(took * :pauses, CASE WHEN bytes >= :max THEN interval '1 minute'
                                                                              WHEN bytes >= :filling THEN interval '1 hour'
                                                                              ELSE interval '7 days' END))
                ORDER BY bytes DESC, workspace_id LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING workspace_id, bytes
            """)
        .param("lease", lease)
        .param("pauses", PAUSES)
        .param("max", stored.max())
        .param("filling", stored.filling())
        .query(Rows.of(Due.class))
        .optional()
        .map(due -> new Turn(new WorkspaceId(due.workspaceId()), lease, due.bytes()));
  }

  /// Goes on for five minutes more. Returns whether it was still its turn.
  boolean prolong(Turn turn) {
    return db.sql(
                "UPDATE workspace_storage SET leased_until = now() + interval '5 minutes' WHERE lease = :lease AND workspace_id = :workspace")
            .param("lease", turn.lease())
            .param("workspace", turn.workspace().value())
            .update()
        == 1;
  }

  /// Puts what was measured in the place of what was counted before. What was counted meanwhile
  /// stays: so some of it may be counted twice, until the next time.
  void settle(Turn turn, long measured, Duration took) {
    db.sql(
            """
            UPDATE workspace_storage
               SET bytes = greatest(0, bytes - :counted + :measured), measured_at = now(),
                   took = make_interval(secs => :took), lease = NULL, leased_until = NULL
             WHERE lease = :lease AND workspace_id = :workspace
            """)
        .param("counted", turn.counted())
        .param("measured", measured)
        .param("took", took.toMillis() / 1_000.0)
        .param("lease", turn.lease())
        .param("workspace", turn.workspace().value())
        .update();
  }
}
