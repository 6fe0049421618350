package dev.muster.api.runtime;

import dev.muster.events.attempt.Deadlines;
import dev.muster.events.feed.Outbox;
import dev.muster.events.sql.Rows;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/// Signs of life, in Postgres.
@Repository
class LivenessStore {
  private final JdbcClient db;
  private final Outbox outbox;
  private final Deadlines deadlines;

  LivenessStore(JdbcClient db, Outbox outbox, Deadlines deadlines) {
    this.db = db;
    this.outbox = outbox;
    this.deadlines = deadlines;
  }

  private record Back(UUID id, boolean wasOffline) {}

  /// Writes down that these runtimes were seen, and brings back those that were offline, and those
  /// that were deaf and have claimed. What still runs on one that is back has its whole deadline
  /// again. In the caller's transaction.
  ///
  /// @param claimed those of them that have asked for work
  void seen(Collection<UUID> runtimes, Collection<UUID> claimed) {
    var ids = runtimes.toArray(UUID[]::new);
    var claims = claimed.toArray(UUID[]::new);
    db.sql(
            """
            UPDATE runtime_liveness
               SET last_seen_at = now(),
                   last_claim_at = CASE WHEN runtime_id = ANY (:claims) THEN now() ELSE last_claim_at END
             WHERE runtime_id = ANY (:runtimes)
            """)
        .param("runtimes", ids)
        .param("claims", claims)
        .update();
    var back =
        db.sql(
                """
                WITH back AS (
                  UPDATE runtime r SET status = 'online', deaf = false, updated_at = now()
                   WHERE r.id = ANY (:runtimes) AND (r.status = 'offline' OR r.deaf AND r.id = ANY (:claims))
                  RETURNING new AS r, old.status = 'offline' AS was_offline
                ), told AS (
                  INSERT INTO outbox (workspace_id, type, subject_id, data)
                  SELECT (r).workspace_id, CASE WHEN was_offline THEN 'runtime.online' ELSE 'runtime.updated' END, (r).id,
                         jsonb_build_object('runtimes', jsonb_build_array(runtime_view(r, now())))
                    FROM back
                )
                SELECT (r).id AS id, was_offline FROM back
                """)
            .param("runtimes", ids)
            .param("claims", claims)
            .query(Rows.of(Back.class))
            .list();
    if (!back.isEmpty()) {
      restoreDeadlines(back.stream().filter(Back::wasOffline).map(Back::id).toList());
      outbox.wake();
    }
  }

  private void restoreDeadlines(List<UUID> back) {
    db.sql(
            """
            WITH spared AS (
              SELECT id FROM task
               WHERE runtime_id = ANY (:back) AND status = 'running' AND deadline_reason = 'runtime_lost'
               ORDER BY id FOR NO KEY UPDATE
            )
            UPDATE task t
               SET deadline_at = t.started_at + make_interval(secs => coalesce(t.timeout_seconds, :run)),
                   deadline_reason = 'deadline_run'
              FROM spared WHERE t.id = spared.id
            """)
        .param("back", back.toArray(UUID[]::new))
        .param("run", Deadlines.seconds(deadlines.run()))
        .update();
  }

  /// Notes that an api is there to take reports.
  void noteApi() {
    db.sql("UPDATE server_clock SET api_seen_at = now()").update();
  }

  int online() {
    return db.sql("SELECT count(*) FROM runtime WHERE status = 'online'")
        .query(Integer.class)
        .single();
  }
}
