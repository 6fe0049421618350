package dev.muster.dispatcher.lease;

import dev.muster.events.feed.Outbox;
import dev.muster.events.id.RuntimeId;
import dev.muster.events.sql.Rows;
import dev.muster.tasks.command.Deadlines;
import java.time.Duration;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/// Runtimes that are silent or deaf, in Postgres, by its clock.
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
  List<RuntimeId> takeStaleOffline(Duration silence) {
    var gone =
        db.sql(
                """
                WITH stale AS (
                  SELECT r.id FROM runtime r JOIN runtime_liveness l ON l.runtime_id = r.id
                   WHERE r.status = 'online' AND l.last_seen_at < now() - make_interval(secs => :silence)
                   ORDER BY r.id LIMIT :batch_max FOR NO KEY UPDATE OF r SKIP LOCKED
                ), gone AS (
                  UPDATE runtime r SET status = 'offline', deaf = false, updated_at = now()
                    FROM stale WHERE r.id = stale.id AND r.status = 'online'
                  RETURNING r.id, r.workspace_id
                ), told AS (
                  INSERT INTO outbox (workspace_id, type, subject_id, data)
                  SELECT workspace_id, 'runtime.offline', (array_agg(id))[1],
                         jsonb_build_object('action', 'stale_sweep', 'runtime_ids', jsonb_agg(id))
                    FROM gone GROUP BY workspace_id
                )
                SELECT id FROM gone
                """)
            .param("silence", Deadlines.seconds(silence))
            .param("batch_max", BATCH_MAX)
            .query(Rows.id())
            .list();
    if (gone.isEmpty()) {
      return List.of();
    }
    outbox.wake();
    return gone.stream().map(RuntimeId::new).toList();
  }

  /// Marks runtimes that send heartbeats, have room, and have for so long not claimed what waits
  /// for them. One whose daemon is at work on another of its runtimes is busy, not deaf: the seed's
  /// daemon runs one task at a time.
  List<RuntimeId> markDeaf(Duration unclaimed) {
    var deaf =
        db.sql(
                """
                WITH silent AS (
                  SELECT r.id FROM runtime r JOIN runtime_liveness l ON l.runtime_id = r.id
                   WHERE r.status = 'online' AND NOT r.deaf AND r.intake = 'open'
                     AND coalesce(l.last_claim_at, r.updated_at) < now() - make_interval(secs => :unclaimed)
                     -- Neither EXISTS nor unordered: either might be answered by reading the whole queue.
                     AND (SELECT true FROM task t
                           WHERE t.runtime_id = r.id AND t.status = 'queued' AND t.ready
                             AND t.assigned_at <= now() - make_interval(secs => :unclaimed)
                           ORDER BY t.agent_id, t.rank_at, t.id LIMIT 1)
                     AND NOT EXISTS (SELECT FROM task t JOIN runtime own ON own.id = t.runtime_id
                                      WHERE own.workspace_id = r.workspace_id AND own.daemon_id IS NOT DISTINCT FROM r.daemon_id
                                        AND t.status IN ('dispatched', 'running'))
                   ORDER BY r.id LIMIT :batch_max FOR NO KEY UPDATE OF r SKIP LOCKED
                ), marked AS (
                  UPDATE runtime r SET deaf = true, updated_at = now() FROM silent WHERE r.id = silent.id RETURNING new AS r
                ), told AS (
                  INSERT INTO outbox (workspace_id, type, subject_id, data)
                  SELECT (r).workspace_id, 'runtime.deaf', (r).id,
                         jsonb_build_object('runtimes', jsonb_build_array(runtime_view(r, l.last_seen_at)))
                    FROM marked JOIN runtime_liveness l ON l.runtime_id = (r).id
                )
                SELECT (r).id FROM marked
                """)
            .param("unclaimed", Deadlines.seconds(unclaimed))
            .param("batch_max", BATCH_MAX)
            .query(Rows.id())
            .list();
    if (!deaf.isEmpty()) {
      outbox.wake();
    }
    return deaf.stream().map(RuntimeId::new).toList();
  }

  /// Removes runtimes that have been offline for so long and that nothing hangs on, and says so:
  /// one event a workspace.
  void removeAged(Duration kept) {
    var removed =
        db.sql(
                """
                WITH aged AS (
                  SELECT r.id FROM runtime r LEFT JOIN runtime_liveness l ON l.runtime_id = r.id
                   WHERE r.status = 'offline'
                     AND greatest(r.updated_at, l.last_seen_at) < now() - make_interval(secs => :kept)
                     AND NOT EXISTS (SELECT FROM agent a WHERE a.runtime_id = r.id)
                     AND NOT EXISTS (SELECT FROM task t
                                      WHERE t.runtime_id = r.id AND t.status IN ('queued', 'dispatched', 'running'))
                   ORDER BY r.id LIMIT :batch_max FOR UPDATE OF r SKIP LOCKED
                ), gone AS (
                  DELETE FROM runtime r USING aged WHERE r.id = aged.id RETURNING r.id, r.workspace_id
                )
                INSERT INTO outbox (workspace_id, type, subject_id, data)
                SELECT workspace_id, 'runtime.deleted', (array_agg(id))[1],
                       jsonb_build_object('action', 'aged', 'runtime_ids', jsonb_agg(id))
                  FROM gone GROUP BY workspace_id
                """)
            .param("kept", Deadlines.seconds(kept))
            .param("batch_max", BATCH_MAX)
            .update();
    if (removed > 0) {
      outbox.wake();
    }
  }

  /// Notes that deadlines are looked at now. Returns how long nobody could have kept one, because
  /// no sweeper or no api was there.
  Duration away() {
    var seconds =
        db.sql(
                """
                UPDATE server_clock SET swept_at = now()
                RETURNING extract(epoch FROM now() - least(old.swept_at, api_seen_at))::float8
                """)
            .query(Double.class)
            .single();
    return Duration.ofMillis((long) (seconds * 1_000));
  }

  /// Gives runtimes, which could not be heard, the time back that passed without servers.
  void giveBack() {
    db.sql(
            """
            UPDATE runtime_liveness l SET last_seen_at = now()
              FROM runtime r WHERE r.id = l.runtime_id AND r.status = 'online'
            """)
        .update();
  }

  /// Whether an api has been there lately to take reports.
  boolean isApiThere(Duration lately) {
    return db.sql("SELECT api_seen_at > now() - make_interval(secs => :lately) FROM server_clock")
        .param("lately", Deadlines.seconds(lately))
        .query(Boolean.class)
        .single();
  }

  /// Deletes what has been kept for long enough, a piece at a time.
  void purge() {
    db.sql(
            """
            DELETE FROM idempotency_key WHERE (scope, key) IN (
              SELECT scope, key FROM idempotency_key WHERE created_at < now() - interval '24 hours' LIMIT 5000)
            """)
        .update();
    db.sql("DELETE FROM task_message WHERE created_at < now() - interval '7 days'").update();
  }
}
