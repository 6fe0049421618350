package dev.muster.api.task;

import dev.muster.events.feed.Outbox;
import dev.muster.events.id.RuntimeId;
import dev.muster.events.sql.Rows;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/// The claim: the only decision about who runs a task.
@Repository
class ClaimStore {
  /*
   * The caps hold because they are counted under locks: first the runtime's row, then the rows of all agents that have
   * something waiting for it, in id order, then, in a statement of its own with a fresh snapshot, count and claim. Two
   * claims that could both take the last slot of a runtime or an agent share one of these rows. One run per (issue, agent)
   * is refused by a unique index besides, should a path ever forget the locks.
   *
   * Agents that look full are not locked: the slot that is freed a moment later wakes the claim again. A claim that finds
   * nothing to lock has written nothing, so an empty poll costs reads only.
   *
   * If the process dies before the commit, nothing was claimed; after it, the daemon asks again and is given the same task
   * after 60 seconds, or the start deadline puts the task back. The seed's claim and start each time out after 30, so by
   * then the first answer cannot be under way any more.
   */

  private static final String HANDED_OUT =
      """
      SELECT t.id, t.agent_id, t.runtime_id, t.issue_id, t.status, t.priority, t.dispatched_at, t.started_at,
             t.completed_at, t.result::text AS result, t.error, t.created_at, t.workspace_id, t.attempt, t.max_attempts,
             t.claim_generation, prior.session_id AS prior_session_id, prior.work_dir AS prior_work_dir,
             (SELECT (jsonb_build_object('id', a.id, 'name', a.name, 'instructions', a.instructions)
                      || coalesce(
                        (SELECT jsonb_build_object('skills', jsonb_agg(
                                  jsonb_build_object('name', s.name, 'content', s.content) || coalesce(
                                    (SELECT jsonb_build_object('files', jsonb_agg(
                                              jsonb_build_object('path', f.path, 'content', f.content) ORDER BY f.path))
                                       FROM skill_file f WHERE f.skill_id = s.id HAVING count(*) > 0), '{}')
                                  ORDER BY s.name))
                           FROM agent_skill k JOIN skill s ON s.id = k.skill_id
                          WHERE k.agent_id = a.id HAVING count(*) > 0), '{}'))::text
                FROM agent a WHERE a.id = t.agent_id) AS agent
        FROM handed_out t
        LEFT JOIN LATERAL (
          SELECT p.session_id, p.work_dir FROM task p
           WHERE p.issue_id = t.issue_id AND p.agent_id = t.agent_id AND p.runtime_id = t.runtime_id
             AND p.status = 'completed' AND p.session_id IS NOT NULL
           ORDER BY p.completed_at DESC LIMIT 1) prior ON true
      """;

  /// Locks what the claim is decided on, and leaves behind, for the statement that follows in the
  /// same transaction, which agents that are. A runtime at its cap, or with nothing waiting, locks
  /// nothing and so writes nothing.
  private static final String LOCK =
      """
      WITH RECURSIVE waiting AS (
        (SELECT agent_id FROM task WHERE runtime_id = ?::uuid AND status = 'queued' ORDER BY agent_id LIMIT 1)
        UNION ALL
        SELECT (SELECT t.agent_id FROM task t
                 WHERE t.runtime_id = ?::uuid AND t.status = 'queued' AND t.agent_id > waiting.agent_id
                 ORDER BY t.agent_id LIMIT 1)
          FROM waiting WHERE waiting.agent_id IS NOT NULL
      ), active AS (
        SELECT count(*) AS tasks,
               coalesce(bool_or(status = 'dispatched' AND delivered_at < now() - interval '60 seconds'), false) AS undelivered
          FROM task WHERE runtime_id = ?::uuid AND status IN ('dispatched', 'running')
      ), locked_runtime AS MATERIALIZED (
        SELECT r.id FROM runtime r, active
         WHERE r.id = ?::uuid AND active.tasks < r.max_concurrent_tasks
           AND NOT active.undelivered AND EXISTS (SELECT FROM waiting WHERE agent_id IS NOT NULL)
           FOR NO KEY UPDATE OF r
      ), locked_agents AS MATERIALIZED (
        SELECT a.id FROM agent a
         WHERE EXISTS (SELECT FROM locked_runtime)
           AND a.id = ANY (ARRAY(SELECT agent_id FROM waiting))
           AND (SELECT count(*) FROM task t WHERE t.agent_id = a.id AND t.status IN ('dispatched', 'running'))
               < a.max_concurrent_tasks
         ORDER BY a.id
           FOR NO KEY UPDATE OF a
      )
      SELECT set_config('muster.claim_agents', coalesce((SELECT string_agg(id::text, ',') FROM locked_agents), ''), true),
             undelivered
        FROM active
      """;

  private static final String CLAIM =
      """
      WITH free AS (
        SELECT a.id FROM agent a
         WHERE a.id = ANY (string_to_array(current_setting('muster.claim_agents'), ',')::uuid[])
           AND (SELECT count(*) FROM task t WHERE t.agent_id = a.id AND t.status IN ('dispatched', 'running'))
               < a.max_concurrent_tasks
      ), best AS (
        SELECT head.id
          FROM free CROSS JOIN LATERAL (
            SELECT t.id, t.priority, t.created_at FROM task t
             WHERE t.runtime_id = ?::uuid AND t.agent_id = free.id AND t.status = 'queued'
               AND NOT EXISTS (SELECT FROM task x
                                WHERE x.agent_id = t.agent_id AND x.issue_id = t.issue_id
                                  AND x.status IN ('dispatched', 'running'))
             ORDER BY t.priority DESC, t.created_at, t.id LIMIT 1) head
         WHERE (SELECT count(*) FROM task WHERE runtime_id = ?::uuid AND status IN ('dispatched', 'running'))
               < (SELECT max_concurrent_tasks FROM runtime WHERE id = ?::uuid)
         ORDER BY head.priority DESC, head.created_at, head.id LIMIT 1
      ), claimed AS (
        UPDATE task t
           SET status = 'dispatched', claim_generation = t.claim_generation + 1,
               assigned_at = coalesce(t.assigned_at, now()), dispatched_at = now(), delivered_at = now(),
               deadline_at = now() + interval '5 minutes',
               event_seq = t.event_seq + CASE WHEN t.assigned_at IS NULL THEN 2 ELSE 1 END
          FROM best
         WHERE t.id = best.id AND t.status = 'queued' AND t.runtime_id = ?::uuid
        RETURNING new AS t, old.assigned_at IS NULL AS assigned_here
      ), told AS (
        INSERT INTO outbox (workspace_id, type, subject_id, seq, data)
        SELECT (t).workspace_id, 'task.' || e.name, (t).id, (t).event_seq - e.before,
               CASE e.name
                 WHEN 'assigned' THEN task_event(t) || jsonb_build_object(
                   'status', 'queued', 'claim_generation', (t).claim_generation - 1, 'dispatched_at', NULL)
                 ELSE task_event(t) END
          FROM claimed, (VALUES ('assigned', 1), ('dispatched', 0)) AS e (name, before)
         WHERE e.before = 0 OR assigned_here
         ORDER BY e.before DESC
      ), handed_out AS (
        SELECT (t).* FROM claimed
      )
      """;

  private static final String DECIDE = LOCK + ";" + CLAIM + HANDED_OUT;
  private static final int PARAMETERS = (int) DECIDE.chars().filter(c -> c == '?').count();

  private static final RowMapper<ClaimedTask> ROW = Rows.of(ClaimedTask.class);

  private final JdbcTemplate jdbc;
  private final JdbcClient db;
  private final Outbox outbox;

  ClaimStore(JdbcTemplate jdbc, JdbcClient db, Outbox outbox) {
    this.jdbc = jdbc;
    this.db = db;
    this.outbox = outbox;
  }

  /// The best task this runtime may run now; empty if there is none.
  Optional<ClaimedTask> claim(RuntimeId runtime) {
    var decision = decide(runtime);
    if (decision.task() != null) {
      outbox.wake();
      return Optional.of(decision.task());
    }
    return decision.undelivered() ? deliverAgain(runtime) : Optional.empty();
  }

  /// @param undelivered whether something handed out to the runtime seems to have got lost
  private record Decision(@Nullable ClaimedTask task, boolean undelivered) {}

  /// Both statements travel together and are one transaction, since a pipeline that ends in one
  /// Sync is one: nobody waits for a lock while this process is busy. Each has a snapshot of its
  /// own, which is what makes the counts right.
  private Decision decide(RuntimeId runtime) {
    var decision =
        jdbc.execute(
            DECIDE,
            (PreparedStatement statement) -> {
              for (var i = 1; i <= PARAMETERS; i++) {
                statement.setObject(i, runtime.value());
              }
              return decide(statement);
            });
    return decision == null ? new Decision(null, false) : decision;
  }

  private static Decision decide(PreparedStatement statement) throws SQLException {
    statement.execute();
    boolean undelivered;
    try (var locked = statement.getResultSet()) {
      undelivered = locked.next() && locked.getBoolean("undelivered");
    }
    statement.getMoreResults();
    try (var claimed = statement.getResultSet()) {
      return new Decision(claimed.next() ? ROW.mapRow(claimed, 0) : null, undelivered);
    }
  }

  /// Hands out once more what this runtime was given and, since it asks again, has not got.
  private Optional<ClaimedTask> deliverAgain(RuntimeId runtime) {
    return db.sql(
            """
            WITH handed_out AS (
              UPDATE task t SET delivered_at = now()
               WHERE t.id = (SELECT id FROM task
                              WHERE runtime_id = :runtime AND status = 'dispatched' AND delivered_at < now() - interval '60 seconds'
                              ORDER BY dispatched_at, id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED)
                 AND t.status = 'dispatched'
              RETURNING t.*
            )
            """
                + HANDED_OUT)
        .param("runtime", runtime.value())
        .query(Rows.of(ClaimedTask.class))
        .optional();
  }
}
