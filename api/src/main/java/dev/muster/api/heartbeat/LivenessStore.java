package dev.muster.api.heartbeat;

import dev.muster.events.feed.Outbox;
import dev.muster.events.id.RuntimeId;
import dev.muster.events.sql.Rows;
import dev.muster.tasks.store.TaskDeadlines;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/// Signs of life, in Postgres.
@Repository
class LivenessStore {
  private final JdbcClient db;
  private final Outbox outbox;
  private final TaskDeadlines deadlines;
  private final DuplicateDaemons duplicates;

  LivenessStore(
      JdbcClient db, Outbox outbox, TaskDeadlines deadlines, DuplicateDaemons duplicates) {
    this.db = db;
    this.outbox = outbox;
    this.deadlines = deadlines;
    this.duplicates = duplicates;
  }

  private record Back(UUID id, boolean wasOffline) {}

  /// What was heard of a runtime since the last writing.
  ///
  /// @param claims whether it asked for work
  /// @param beats when it beat without naming its process, as of `System.nanoTime()`
  record Seen(boolean claims, List<Long> beats) {
    private static final int BEATS_MAX = 7;

    Seen and(Seen later) {
      var both = Stream.concat(beats.stream(), later.beats.stream()).sorted().toList();
      return new Seen(
          claims || later.claims, both.subList(Math.max(0, both.size() - BEATS_MAX), both.size()));
    }
  }

  /// Writes down that these runtimes were seen, and brings back those that were offline, and those
  /// that were deaf and have claimed. What still runs on one that is back has its whole deadline
  /// again. In the caller's transaction.
  void seen(Map<UUID, Seen> runtimes) {
    var ids = runtimes.keySet().toArray(UUID[]::new);
    var claims =
        runtimes.entrySet().stream()
            .filter(runtime -> runtime.getValue().claims())
            .map(Map.Entry::getKey)
            .toArray(UUID[]::new);
    var listenedTo =
        db.sql(
                """
                WITH heard AS MATERIALIZED (SELECT :ages::jsonb AS ages), written AS (
                  UPDATE runtime_liveness l
                     SET last_seen_at = now(),
                         last_claim_at = CASE WHEN l.runtime_id = ANY (:claims) THEN now() ELSE l.last_claim_at END,
                         beats = CASE WHEN heard.ages -> l.runtime_id::text IS NULL THEN l.beats
                                      ELSE recent_beats(l.beats, heard.ages -> l.runtime_id::text, now()) END
                    FROM heard
                   WHERE l.runtime_id = ANY (:runtimes)
                  RETURNING l.runtime_id, l.beats, l.watch_period_ms, l.twins, heard.ages -> l.runtime_id::text IS NOT NULL AS has_beaten
                )
                SELECT runtime_id, beats, watch_period_ms, twins FROM written
                 WHERE has_beaten AND watch_period_ms IS NOT NULL
                """)
            .param("runtimes", ids)
            .param("claims", claims)
            .param("ages", ages(runtimes))
            .query((r, _) -> DuplicateDaemons.Heard.of(r))
            .list();
    duplicates.judge(listenedTo);
    bringBack(ids, claims);
  }

  /// How many milliseconds ago each runtime has beaten, as JSON: clocks of apis may differ, so the
  /// database's alone says when that was.
  private static String ages(Map<UUID, Seen> runtimes) {
    var now = System.nanoTime();
    return runtimes.entrySet().stream()
        .filter(runtime -> !runtime.getValue().beats().isEmpty())
        .map(runtime ->
            "\"%s\":%s"
                .formatted(
                    runtime.getKey(),
                    runtime.getValue().beats().stream()
                        .map(beat -> TimeUnit.NANOSECONDS.toMillis(now - beat))
                        .toList()))
        .collect(Collectors.joining(",", "{", "}"));
  }

  private void bringBack(UUID[] ids, UUID[] claims) {
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
      deadlines.unboundRuns(
          back.stream().filter(Back::wasOffline).map(Back::id).map(RuntimeId::new).toList());
      outbox.wake();
    }
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
