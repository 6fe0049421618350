package dev.muster.tasks.store;

import dev.muster.events.id.TaskId;
import dev.muster.tasks.command.Deadlines;
import org.springframework.jdbc.core.simple.JdbcClient;

/// When the agents of runs gave a sign last.
///
/// What they say is written down anyway, with its time. So nothing is written to put a run's idle
/// deadline off: once it has passed, it is looked at what was said since, and the run has the rest
/// of its time.
public final class IdleRuns {
  /// When the agent of `task t`, which runs, gave a sign last.
  public static final String LAST_ACTIVITY =
      """
      greatest(t.started_at, t.heard_at,
        (SELECT m.created_at FROM task_message m
          WHERE m.task_id = t.id AND m.claim_generation = t.claim_generation ORDER BY m.seq DESC LIMIT 1),
        (SELECT max(u.updated_at) FROM task_usage u WHERE u.task_id = t.id))\
      """;

  private final JdbcClient db;
  private final Deadlines settings;

  public IdleRuns(JdbcClient db, Deadlines settings) {
    this.db = db;
    this.settings = settings;
  }

  /// Notes that the agent has told of progress, which is not kept itself: four times a minute at
  /// most.
  public void heard(TaskId task) {
    db.sql(
            """
            UPDATE task SET heard_at = now()
             WHERE id = :task AND status = 'running' AND (heard_at IS NULL OR heard_at < now() - interval '15 seconds')
            """)
        .param("task", task.value())
        .update();
  }

  /// Lets runs go on whose idle deadline has passed, and whose agents gave a sign meanwhile.
  public void keepActive() {
    var statement =
        db.sql(
                """
                WITH overdue AS MATERIALIZED (
                  SELECT * FROM task
                   WHERE deadline_at < now() AND status = 'running' AND deadline_reason = 'deadline_idle'
                   ORDER BY deadline_at LIMIT :batch_max FOR NO KEY UPDATE SKIP LOCKED
                ), kept AS (
                  SELECT t.id, t.started_at + %1$s AS run, %2$s + %3$s AS idle FROM overdue t
                )
                UPDATE task t
                   SET deadline_at = least(kept.run, kept.idle),
                       deadline_reason = CASE WHEN kept.idle < kept.run THEN 'deadline_idle' ELSE 'deadline_run' END
                  FROM kept WHERE t.id = kept.id AND (kept.idle IS NULL OR kept.idle > now())
                """
                    .formatted(RunDeadline.RUN, LAST_ACTIVITY, RunDeadline.IDLE))
            .param("batch_max", TaskDeadlines.BATCH_MAX);
    RunDeadline.bind(statement, settings).update();
  }
}
