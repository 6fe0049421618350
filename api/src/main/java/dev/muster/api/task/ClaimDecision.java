package dev.muster.api.task;

import dev.muster.api.edge.IdempotencyKey;
import dev.muster.events.attempt.Deadlines;
import dev.muster.events.sql.Rows;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.stereotype.Repository;

/// Who runs which task is decided here and nowhere else.
@Repository
class ClaimDecision {
  /*
   * The caps hold because they are counted under locks: first the runtime's row, then the rows of all agents that have
   * something waiting for it, in id order, then, in a statement of its own with a fresh snapshot, count and claim. Two
   * claims that could both take the last slot of a runtime or an agent share one of these rows. One run per (issue, agent)
   * is refused by a unique index besides, should a path ever forget the locks. The tasks themselves are locked in id order,
   * as by everybody who locks several.
   *
   * Agents that look full are not locked: the slot that is freed a moment later wakes the claim again. Most claims find
   * nothing. So a claim first looks, in a statement that locks nothing and that is a hundredth of the work, and decides only
   * where something is to be had.
   *
   * If the process dies before the commit, nothing was claimed; after it, the daemon asks again and is given the same task
   * after 60 seconds, or the start deadline puts the task back. The seed's claim and start each time out after 30, so by
   * then the first answer cannot be under way any more.
   */

  /// What a claim of the runtime would be decided on: the runtime, unless it is at its cap or has
  /// nothing waiting, and those agents of what waits that have room. To be formatted with how they
  /// are locked.
  private static final String OPEN =
      """
      WITH RECURSIVE waiting AS (
        (SELECT agent_id FROM task WHERE runtime_id = :runtime::uuid AND status = 'queued' AND ready ORDER BY agent_id LIMIT 1)
        UNION ALL
        SELECT (SELECT t.agent_id FROM task t
                 WHERE t.runtime_id = :runtime::uuid AND t.status = 'queued' AND t.ready AND t.agent_id > waiting.agent_id
                 ORDER BY t.agent_id LIMIT 1)
          FROM waiting WHERE waiting.agent_id IS NOT NULL
      ), active AS (
        SELECT count(*) AS tasks,
               coalesce(bool_or(status = 'dispatched' AND delivered_at < now() - :redeliver * interval '1 second'), false)
                 AS undelivered,
               coalesce(bool_or(status = 'running' AND (deadline_reason = 'deadline_run'
                                                       OR deadline_reason = 'cancelled' AND deadline_at > now())), false) AS running
          FROM task WHERE runtime_id = :runtime::uuid AND status IN ('dispatched', 'running')
      ), open_runtime AS MATERIALIZED (
        SELECT r.id FROM runtime r, active
         WHERE r.id = :runtime::uuid AND active.tasks < r.max_concurrent_tasks AND r.intake = 'open'
           AND (:process::text IS NULL OR r.process_id IS NULL OR r.process_id = :process::text)
           AND NOT EXISTS (SELECT FROM budget b WHERE b.scope_id = r.workspace_id AND b.stopped_until > now())
           AND NOT active.undelivered AND EXISTS (SELECT FROM waiting WHERE agent_id IS NOT NULL)
         %s
      ), open_agents AS MATERIALIZED (
        SELECT a.id FROM agent a
         WHERE EXISTS (SELECT FROM open_runtime)
           AND a.id = ANY (ARRAY(SELECT agent_id FROM waiting)) AND a.intake <> 'paused'
           AND NOT EXISTS (SELECT FROM budget b WHERE b.scope_id = a.id AND b.stopped_until > now())
           AND (SELECT count(*) FROM task t WHERE t.agent_id = a.id AND t.status IN ('dispatched', 'running'))
               < a.max_concurrent_tasks
         ORDER BY a.id
         %s
      )
      """;

  private static final String LOOK =
      OPEN.formatted("", "")
          + """
          SELECT EXISTS (SELECT FROM open_agents) AS promising, undelivered,
                 running AND (SELECT serial FROM runtime WHERE id = :runtime::uuid) AS moved_on
            FROM active
          """;

  /// Leaves behind, for the statement that follows in the same transaction, which agents are
  /// locked.
  private static final String LOCK =
      OPEN.formatted("FOR NO KEY UPDATE OF r", "FOR NO KEY UPDATE OF a")
          + """
          SELECT set_config('muster.claim_agents', coalesce((SELECT string_agg(id::text, ',') FROM open_agents), ''), true)
            FROM active
          """;

  /// As many as are asked for and have room. Of the agents, the one goes first whose best task has
  /// waited longest, counted from the agent's last task if that was later, and with ten minutes for
  /// each step of priority: so agents of equal priority take turns, and none waits for ever. An
  /// agent's own tasks go by their rank. One of a rate, or with a key, gets one at a time.
  private static final String CLAIM =
      """
      WITH free AS (
        SELECT a.id, a.rate_per_minute, p.claimed_at, count(*) OVER () AS rivals,
               CASE WHEN a.rate_per_minute IS NULL THEN least(a.max_concurrent_tasks - active.tasks, :wanted) ELSE 1 END AS room
          FROM agent a LEFT JOIN agent_pace p ON p.agent_id = a.id
          CROSS JOIN LATERAL (
            SELECT count(*) AS tasks FROM task t WHERE t.agent_id = a.id AND t.status IN ('dispatched', 'running')) active
         WHERE a.id = ANY (string_to_array(current_setting('muster.claim_agents'), ',')::uuid[])
           AND active.tasks < a.max_concurrent_tasks
           AND (a.rate_per_minute IS NULL OR p.next_at IS NULL
                OR p.next_at <= now() + interval '60 seconds' - interval '60 seconds' / a.rate_per_minute)
      ), candidate AS (
        SELECT head.id, head.rank_at, free.rivals, free.rate_per_minute,
               greatest(head.rank_at, task_rank(CASE WHEN head.turn = 1 THEN free.claimed_at
                                                     ELSE now() + head.turn * interval '1 microsecond' END, head.priority)) AS place,
               row_number() OVER (PARTITION BY head.concurrency_key, CASE WHEN head.concurrency_key IS NULL THEN head.id END
                                  ORDER BY head.rank_at, head.id) AS of_key
          FROM free CROSS JOIN LATERAL (
            SELECT t.id, t.rank_at, t.priority, t.concurrency_key, row_number() OVER (ORDER BY t.rank_at, t.id) AS turn
              FROM task t
             WHERE t.runtime_id = :runtime::uuid AND t.agent_id = free.id AND t.status = 'queued' AND t.ready
               AND NOT EXISTS (SELECT FROM task x
                                WHERE x.agent_id = t.agent_id AND x.issue_id = t.issue_id
                                  AND x.status IN ('dispatched', 'running'))
               AND NOT EXISTS (SELECT FROM task x
                                WHERE x.workspace_id = t.workspace_id AND x.concurrency_key = t.concurrency_key
                                  AND x.status IN ('dispatched', 'running'))
             ORDER BY t.rank_at, t.id LIMIT free.room) head
      ), best AS (
        SELECT id, rivals, rate_per_minute FROM candidate WHERE of_key = 1
         ORDER BY place, rank_at, id
         LIMIT greatest(0, least(:wanted, (SELECT max_concurrent_tasks FROM runtime WHERE id = :runtime::uuid)
                         - (SELECT count(*) FROM task WHERE runtime_id = :runtime::uuid AND status IN ('dispatched', 'running'))))
      ), locked AS MATERIALIZED (
        SELECT t.id, best.rivals, best.rate_per_minute FROM best JOIN task t ON t.id = best.id
         WHERE (t.status = 'queued' AND t.ready AND t.runtime_id = :runtime::uuid) IS TRUE
         ORDER BY t.id FOR NO KEY UPDATE OF t
      ), claimed AS (
        UPDATE task t
           SET status = 'dispatched', claim_generation = t.claim_generation + 1,
               assigned_at = coalesce(t.assigned_at, now()), dispatched_at = now(), delivered_at = now(),
               deadline_at = now() + :start * interval '1 second', deadline_reason = 'deadline_start',
               event_seq = t.event_seq + CASE WHEN t.assigned_at IS NULL THEN 2 ELSE 1 END
          FROM locked
         WHERE t.id = locked.id AND (t.status = 'queued' AND t.ready AND t.runtime_id = :runtime::uuid) IS TRUE
        RETURNING new AS t, old.assigned_at IS NULL AS assigned_here, locked.rivals, locked.rate_per_minute
      ), paced AS (
        INSERT INTO agent_pace AS p (agent_id, claimed_at, next_at)
        SELECT (t).agent_id, now(), now() + count(*) * interval '60 seconds' / coalesce(rate_per_minute, 60000)
          FROM claimed WHERE rivals > 1 OR rate_per_minute IS NOT NULL
         GROUP BY (t).agent_id, rate_per_minute
        ON CONFLICT (agent_id) DO UPDATE
           SET claimed_at = excluded.claimed_at,
               next_at = greatest(p.next_at, now()) + (excluded.next_at - excluded.claimed_at)
      ), keyed AS (
        INSERT INTO idempotency_key (scope, key, request_hash, task_id, claim_generation)
        SELECT :runtime::uuid, k.key, k.request_hash, c.id, c.claim_generation
          FROM (SELECT (t).id, (t).claim_generation, row_number() OVER (ORDER BY (t).id) AS place FROM claimed) AS c
          JOIN unnest(:keys::text[], :request_hashes::text[]) WITH ORDINALITY AS k (key, request_hash, place) USING (place)
         WHERE k.key IS NOT NULL
      ), told AS (
        INSERT INTO outbox (workspace_id, type, subject_id, seq, data)
        SELECT (t).workspace_id, 'task.' || e.name, (t).id, (t).event_seq - e.before,
               CASE e.name
                 WHEN 'assigned' THEN task_event(t) || jsonb_build_object(
                   'status', 'queued', 'claim_generation', (t).claim_generation - 1, 'dispatched_at', NULL)
                 ELSE task_event(t) END
          FROM claimed, (VALUES ('assigned', 1), ('dispatched', 0)) AS e (name, before)
         WHERE e.before = 0 OR assigned_here
         ORDER BY (t).id, e.before DESC
      ), handed_out AS (
        SELECT (t).* FROM claimed
      )
      """;

  private static final String DECIDE = LOCK + ";" + CLAIM + ClaimedTask.SELECT + "ORDER BY t.id";

  private final NamedParameterJdbcTemplate jdbc;
  private final Deadlines deadlines;

  ClaimDecision(NamedParameterJdbcTemplate jdbc, Deadlines deadlines) {
    this.jdbc = jdbc;
    this.deadlines = deadlines;
  }

  /// @param tasks one for each of the first claimers
  /// @param undelivered whether something handed out to the runtime seems to have got lost
  /// @param movedOn whether a daemon that runs one task at a time asks for another while one runs
  record Decision(List<ClaimedTask> tasks, boolean undelivered, boolean movedOn) {}

  /// Decides for claimers of one runtime and process.
  ///
  /// Both statements travel together and are one transaction, since a pipeline that ends in one
  /// Sync is one: nobody waits for a lock while this process is busy. Each has a snapshot of its
  /// own, which is what makes the counts right. All parameters have a type: for one without, the
  /// driver would ask Postgres first, and end the pipeline between the two.
  Decision decide(List<ClaimStore.Claimer> claimers) {
    var first = claimers.getFirst();
    var parameters =
        new MapSqlParameterSource()
            .addValue("runtime", first.runtime().value())
            .addValue("process", first.process(), Types.VARCHAR)
            .addValue("wanted", claimers.size())
            .addValue("keys", texts(claimers, IdempotencyKey::key))
            .addValue("request_hashes", texts(claimers, IdempotencyKey::hash))
            .addValue("redeliver", Deadlines.seconds(Deadlines.REDELIVER))
            .addValue("start", Deadlines.seconds(deadlines.start()));
    var look = jdbc.queryForObject(LOOK, parameters, Rows.of(Look.class));
    if (look == null || !look.promising()) {
      return look == null
          ? new Decision(List.of(), false, false)
          : new Decision(List.of(), look.undelivered(), look.movedOn());
    }
    var tasks = jdbc.execute(DECIDE, parameters, ClaimDecision::claimed);
    return new Decision(tasks == null ? List.of() : tasks, false, false);
  }

  private record Look(boolean promising, boolean undelivered, boolean movedOn) {}

  private static Object texts(
      List<ClaimStore.Claimer> claimers, Function<IdempotencyKey, String> text) {
    var texts = new @Nullable String[claimers.size()];
    for (var i = 0; i < texts.length; i++) {
      var key = claimers.get(i).key();
      texts[i] = key == null ? null : text.apply(key);
    }
    return texts;
  }

  private static List<ClaimedTask> claimed(PreparedStatement statement) throws SQLException {
    statement.execute();
    statement.getMoreResults();
    try (var claimed = statement.getResultSet()) {
      var tasks = new ArrayList<ClaimedTask>();
      while (claimed.next()) {
        tasks.add(Rows.of(ClaimedTask.class).mapRow(claimed, tasks.size()));
      }
      return tasks;
    }
  }
}
