package dev.muster.api.stats;

import dev.muster.events.id.WorkspaceId;
import dev.muster.events.sql.Rows;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/// Counts tasks by the minute, from the tasks themselves.
@Repository
class StatsStore {
  /// How many ended tasks of one minute are looked at: what bounds the whole.
  private static final int TASKS_MAX = 10_000;

  private final JdbcClient db;

  StatsStore(JdbcClient db) {
    this.db = db;
  }

  /// One minute of a workspace.
  ///
  /// @param minute when it begins
  /// @param dispatched how many tasks were claimed in it, of those that were claimed once
  /// @param queueWaitP50 seconds in which half of them were claimed after they might have been;
  ///   null if there were none
  /// @param runTimeP50 seconds that half of the tasks that completed ran at most
  /// @param more whether more tasks ended than are counted here
  record Minute(
      Instant minute,
      int completed,
      int failed,
      int cancelled,
      int dispatched,
      @Nullable Double queueWaitP50,
      @Nullable Double queueWaitP95,
      @Nullable Double runTimeP50,
      @Nullable Double runTimeP95,
      boolean more) {}

  /* A task that was claimed within the time looked at either has ended within it or is at work now: so an index on the end
   * alone, and the few that are at work, say when tasks were claimed. An index on the claim would cost each task three
   * further entries. Earlier claims of a task that went back to the queue are not seen. */

  /// The last minutes, the oldest first, the one that lasts included.
  List<Minute> minutes(WorkspaceId workspace, int minutes) {
    return db.sql(
            """
            WITH span AS (
              SELECT generate_series(date_trunc('minute', now()) - make_interval(mins => :minutes::int - 1),
                                     date_trunc('minute', now()), interval '1 minute') AS minute
            ), ended AS MATERIALIZED (
              SELECT s.minute, t.*
                FROM span s
               CROSS JOIN LATERAL (
                       SELECT t.status, t.started_at, t.completed_at, t.dispatched_at,
                              greatest(t.queued_at, t.run_after) AS waiting_since
                         FROM task t
                        WHERE t.workspace_id = :workspace
                          AND t.completed_at >= s.minute AND t.completed_at < s.minute + interval '1 minute'
                        LIMIT :max) t
            ), claimed AS (
              SELECT dispatched_at, waiting_since FROM ended WHERE dispatched_at IS NOT NULL
              UNION ALL
              SELECT t.dispatched_at, greatest(t.queued_at, t.run_after)
                FROM runtime r JOIN task t ON t.runtime_id = r.id AND t.status IN ('dispatched', 'running')
               WHERE r.workspace_id = :workspace
            ), waits AS (
              SELECT date_trunc('minute', dispatched_at) AS minute, count(*) AS dispatched,
                     percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (
                       ORDER BY greatest(0, extract(epoch FROM dispatched_at - waiting_since)::float8)) AS wait
                FROM claimed GROUP BY 1
            ), runs AS (
              SELECT minute, count(*) AS all_ended,
                     count(*) FILTER (WHERE status = 'completed') AS completed,
                     count(*) FILTER (WHERE status = 'failed') AS failed,
                     count(*) FILTER (WHERE status = 'cancelled') AS cancelled,
                     percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (
                       ORDER BY extract(epoch FROM completed_at - started_at)::float8)
                       FILTER (WHERE status = 'completed' AND started_at IS NOT NULL) AS run
                FROM ended GROUP BY 1
            )
            SELECT s.minute, coalesce(r.completed, 0)::int AS completed, coalesce(r.failed, 0)::int AS failed,
                   coalesce(r.cancelled, 0)::int AS cancelled, coalesce(w.dispatched, 0)::int AS dispatched,
                   w.wait[1] AS queue_wait_p50, w.wait[2] AS queue_wait_p95, r.run[1] AS run_time_p50, r.run[2] AS run_time_p95,
                   coalesce(r.all_ended >= :max, false) AS more
              FROM span s LEFT JOIN runs r USING (minute) LEFT JOIN waits w USING (minute)
             ORDER BY s.minute
            """)
        .param("workspace", workspace.value())
        .param("minutes", minutes)
        .param("max", TASKS_MAX)
        .query(Rows.of(Minute.class))
        .list();
  }
}
