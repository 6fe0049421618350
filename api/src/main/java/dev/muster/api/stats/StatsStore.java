package dev.muster.api.stats;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.sql.Rows;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/// Counts tasks by the period of time, from the tasks themselves.
@Repository
class StatsStore {
  /// How many ended tasks are looked at for all periods of a range: what bounds the whole.
  private static final int TASKS_MAX = 600_000;

  private static final String WAIT =
      "greatest(0, extract(epoch FROM claimed_at - waiting_since)::float8)";
  private static final String RUN = "extract(epoch FROM completed_at - started_at)::float8";

  private final JdbcClient db;

  StatsStore(JdbcClient db) {
    this.db = db;
  }

  /// What is counted.
  ///
  /// @param agent null for all of the workspace
  record Asked(WorkspaceId workspace, @Nullable UUID agent, StatsRange range) {}

  /// One period of time.
  ///
  /// @param start when it begins
  /// @param claimed how many tasks were claimed in it; of a task that went back, the last claim
  /// @param queueWaitP50 seconds in which half of them were claimed after they might have been;
  ///   null if there were none
  /// @param runTimeP50 seconds that half of the tasks that completed ran at most
  /// @param more whether more tasks ended than are counted here
  record Period(
      Instant start,
      int completed,
      int failed,
      int cancelled,
      int claimed,
      @Nullable Double queueWaitP50,
      @Nullable Double queueWaitP95,
      @Nullable Double runTimeP50,
      @Nullable Double runTimeP95,
      boolean more,
      @JsonIgnore List<Long> waits,
      @JsonIgnore List<Long> runs) {
    Period {
      waits = List.copyOf(waits);
      runs = List.copyOf(runs);
    }
  }

  /* A task that was claimed within the time looked at either has ended within it or is at work now: so an index on the end
   * alone, and the few that are at work, say when tasks were claimed. An index on the claim would cost each task three
   * further entries. Earlier claims of a task that went back to the queue are not seen. */

  /// The last periods of a range, the oldest first, the one that lasts included.
  List<Period> last(Asked asked, int count) {
    return db.sql(
            """
            WITH step AS (SELECT make_interval(secs => :step) AS step), period AS (
              SELECT generate_series(date_bin(step, now(), timestamptz 'epoch') - step * (:count::int - 1),
                                     date_bin(step, now(), timestamptz 'epoch'), step) AS start
                FROM step
            ), looked_at AS MATERIALIZED (
              SELECT s.start, t.*
                FROM step, period s
               CROSS JOIN LATERAL (
                       SELECT t.agent_id, t.status, t.started_at, t.completed_at, t.dispatched_at AS claimed_at,
                              greatest(t.queued_at, t.run_after) AS waiting_since
                         FROM task t
                        WHERE t.workspace_id = :workspace AND t.completed_at >= s.start AND t.completed_at < s.start + step
                        LIMIT :max) t
            ), ended AS (
              SELECT * FROM looked_at WHERE :agent::uuid IS NULL OR agent_id = :agent
            ), claimed AS (
              SELECT claimed_at, waiting_since FROM ended WHERE claimed_at IS NOT NULL
              UNION ALL
              SELECT t.dispatched_at, greatest(t.queued_at, t.run_after)
                FROM runtime r JOIN task t ON t.runtime_id = r.id AND t.status IN ('dispatched', 'running')
               WHERE r.workspace_id = :workspace AND (:agent::uuid IS NULL OR t.agent_id = :agent)
            ), wait AS (
              SELECT date_bin(step, claimed_at, timestamptz 'epoch') AS start, %1$s AS seconds FROM step, claimed
            ), run AS (
              SELECT start, %2$s AS seconds FROM ended WHERE status = 'completed' AND started_at IS NOT NULL
            )
            SELECT s.start, coalesce(e.completed, 0)::int AS completed, coalesce(e.failed, 0)::int AS failed,
                   coalesce(e.cancelled, 0)::int AS cancelled, coalesce(w.tasks, 0)::int AS claimed,
                   w.percentiles[1] AS queue_wait_p50, w.percentiles[2] AS queue_wait_p95,
                   r.percentiles[1] AS run_time_p50, r.percentiles[2] AS run_time_p95,
                   coalesce(l.tasks >= :max, false) AS more, coalesce(w.spread, '{}') AS waits, coalesce(r.spread, '{}') AS runs
              FROM period s
              LEFT JOIN (SELECT start, count(*) AS tasks FROM looked_at GROUP BY 1) l USING (start)
              LEFT JOIN (SELECT start, count(*) FILTER (WHERE status = 'completed') AS completed,
                                count(*) FILTER (WHERE status = 'failed') AS failed,
                                count(*) FILTER (WHERE status = 'cancelled') AS cancelled
                           FROM ended GROUP BY 1) e USING (start)
              LEFT JOIN (%3$s) w USING (start)
              LEFT JOIN (%4$s) r USING (start)
             ORDER BY s.start
            """
                .formatted(WAIT, RUN, spread("wait"), spread("run")))
        .param("workspace", asked.workspace.value())
        .param("agent", asked.agent)
        .param("step", asked.range.step().toSeconds())
        .param("count", count)
        .param("max", TASKS_MAX / asked.range.periods())
        .query(Rows.of(Period.class))
        .list();
  }

  /// Of each period of a table of durations: how many, their percentiles, and their spread.
  private static String spread(String durations) {
    return """
    SELECT d.start, d.tasks, d.percentiles, b.spread
      FROM (SELECT start, count(*) AS tasks,
                   percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY seconds) AS percentiles
              FROM %1$s GROUP BY 1) d
      JOIN (SELECT start, array_agg(bucket << 32 | tasks) AS spread
              FROM (SELECT start, %2$s AS bucket, count(*) AS tasks FROM %1$s GROUP BY 1, 2) GROUP BY 1) b USING (start)
    """
        .formatted(durations, Spread.bucket("seconds"));
  }
}
