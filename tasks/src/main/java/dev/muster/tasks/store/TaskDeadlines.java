package dev.muster.tasks.store;

import dev.muster.events.id.RuntimeId;
import dev.muster.events.id.TaskId;
import dev.muster.events.sql.Rows;
import dev.muster.tasks.command.Deadlines;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/// Deadlines of tasks, where they are moved and nothing else happens to the task: set by set, in
/// the caller's transaction.
public final class TaskDeadlines {
  public static final int BATCH_MAX = 500;

  private final JdbcClient db;
  private final Deadlines settings;

  public TaskDeadlines(JdbcClient db, Deadlines settings) {
    this.db = db;
    this.settings = settings;
  }

  /// Overdue tasks, the longest overdue first; those that somebody else has locked are somebody
  /// else's.
  public List<TaskId> overdue() {
    return db
        .sql(
            """
            SELECT id FROM task
             WHERE deadline_at < now() AND status IN ('queued', 'dispatched', 'running')
             ORDER BY deadline_at LIMIT :batch_max FOR NO KEY UPDATE SKIP LOCKED
            """)
        .param("batch_max", BATCH_MAX)
        .query(Rows.id())
        .list()
        .stream()
        .map(TaskId::new)
        .toList();
  }

  /// Leaves where they are the assigned tasks that nobody could begin anywhere else either: their
  /// runtime is busy, and no other that fits has room, or what they wait for is not a runtime. To
  /// take such a task back would only assign it there again.
  public void keepAssigned() {
    db.sql(
            """
            WITH overdue AS MATERIALIZED (
              SELECT t AS task FROM task t
               WHERE t.deadline_at < now() AND t.status = 'queued' AND t.deadline_reason = 'assigned'
                 AND (t.expires_at IS NULL OR t.expires_at > now())
               ORDER BY t.deadline_at LIMIT :batch_max FOR NO KEY UPDATE SKIP LOCKED
            ), kept AS (
              SELECT (o.task).id FROM overdue o JOIN runtime r ON r.id = (o.task).runtime_id
               WHERE r.status = 'online' AND r.intake = 'open' AND NOT r.deaf
                 AND CASE waiting_reason(o.task)
                       WHEN 'unclaimed' THEN false
                       WHEN 'runtime_full' THEN NOT EXISTS (
                         SELECT FROM runtime x
                          WHERE x.workspace_id = r.workspace_id AND x.id <> r.id
                            AND x.status = 'online' AND x.intake = 'open' AND NOT x.deaf
                            AND x.provider = coalesce((o.task).required_provider, x.provider)
                            AND x.labels @> (o.task).required_labels
                            AND (SELECT count(*) FROM (
                                   SELECT FROM task q WHERE q.runtime_id = x.id AND q.status = 'queued' AND q.ready
                                    ORDER BY q.agent_id, q.rank_at, q.id LIMIT x.max_concurrent_tasks) AS waiting)
                                + (SELECT count(*) FROM task a WHERE a.runtime_id = x.id AND a.status IN ('dispatched', 'running'))
                                < x.max_concurrent_tasks)
                       ELSE true END
            )
            UPDATE task SET deadline_at = least(now() + make_interval(secs => :assigned), expires_at)
             WHERE id = ANY (ARRAY(SELECT id FROM kept))
            """)
        .param("batch_max", BATCH_MAX)
        .param("assigned", Deadlines.seconds(settings.assigned()))
        .update();
  }

  /// Lets go elsewhere what these runtimes were assigned, did not claim, and need not run: at the
  /// next look at the deadlines.
  public void giveBackAssigned(Collection<RuntimeId> runtimes) {
    db.sql(
            """
            WITH unclaimed AS (
              SELECT id FROM task
               WHERE runtime_id = ANY (:runtimes) AND status = 'queued' AND ready AND NOT pinned AND assigned_at IS NOT NULL
               ORDER BY id FOR NO KEY UPDATE
            )
            UPDATE task SET deadline_at = now(), deadline_reason = 'assigned' WHERE id = ANY (ARRAY(SELECT id FROM unclaimed))
            """)
        .param("runtimes", ids(runtimes))
        .update();
  }

  /// Bounds what runs on runtimes that went offline: it has the reconnect grace left. Their agents
  /// cannot be heard, so that their silence says nothing of them.
  public void boundRuns(Collection<RuntimeId> runtimes) {
    db.sql(
            """
            WITH silent AS (
              SELECT id FROM task WHERE runtime_id = ANY (:gone) AND status = 'running' ORDER BY id FOR NO KEY UPDATE
            )
            UPDATE task t
               SET deadline_at = now() + make_interval(secs => :grace), deadline_reason = 'runtime_lost'
              FROM silent
             WHERE t.id = silent.id
               AND (t.deadline_at > now() + make_interval(secs => :grace) OR t.deadline_reason = 'deadline_idle')
            """)
        .param("gone", ids(runtimes))
        .param("grace", Deadlines.seconds(settings.reconnectGrace()))
        .update();
  }

  /// Keeps what runs on offline runtimes from lasting, should it have been missed when they went.
  public void boundOfflineRuns() {
    db.sql(
            """
            UPDATE task t SET deadline_at = now() + make_interval(secs => :grace), deadline_reason = 'runtime_lost'
              FROM runtime r
             WHERE r.id = t.runtime_id AND r.status = 'offline' AND t.status = 'running'
               AND (t.deadline_reason IN ('deadline_run', 'report_lost') AND t.deadline_at > now() + make_interval(secs => :grace)
                    OR t.deadline_reason = 'deadline_idle')
            """)
        .param("grace", Deadlines.seconds(settings.reconnectGrace()))
        .update();
  }

  /// Gives what runs on runtimes that are back its own deadline again.
  public void unboundRuns(Collection<RuntimeId> runtimes) {
    var statement =
        db.sql(
                """
                WITH lost AS (
                  SELECT id FROM task
                   WHERE runtime_id = ANY (:runtimes) AND status = 'running' AND deadline_reason = 'runtime_lost'
                   ORDER BY id FOR NO KEY UPDATE
                )
                UPDATE task t SET %s FROM lost WHERE t.id = lost.id
                """
                    .formatted(RunDeadline.SET))
            .param("runtimes", ids(runtimes));
    RunDeadline.bind(statement, settings).update();
  }

  /// Puts off deadlines that passed while no server was there to keep them, or are about to.
  public void putOff(Duration away) {
    db.sql(
            """
            UPDATE task SET deadline_at = deadline_at + make_interval(secs => :away)
             WHERE status IN ('dispatched', 'running') AND deadline_at < now() + make_interval(secs => :silence)
            """)
        .param("away", Deadlines.seconds(away))
        .param("silence", Deadlines.seconds(settings.silence()))
        .update();
  }

  private static UUID[] ids(Collection<RuntimeId> runtimes) {
    return runtimes.stream().map(RuntimeId::value).toArray(UUID[]::new);
  }
}
