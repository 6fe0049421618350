package dev.muster.tasks.store;

import dev.muster.events.id.TaskId;
import dev.muster.tasks.command.Deadlines;
import java.time.Duration;
import java.util.Collection;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/// When the daemons of runs last asked how their tasks stand.
///
/// Multica's daemons of 2026-08 name what they run in no heartbeat, and stop sending a final report
/// after six minutes without an answer. While a task runs, they ask every 5 s for its status. So a
/// run whose daemon asked once and has stopped asking has ended, though its report is missing.
public final class RunPolls {
  /// Longer than such a daemon tries to send a final report: it no longer asks by then.
  private static final Duration SILENCE = Duration.ofMinutes(6);

  private final JdbcClient db;
  private final Deadlines deadlines;

  public RunPolls(JdbcClient db, Deadlines deadlines) {
    this.db = db;
    this.deadlines = deadlines;
  }

  /// A run whose status a daemon asked for.
  public record Poll(TaskId task, long generation) {}

  /// Notes that the status of these runs was asked for just now. Left out are runs that are over,
  /// and those of runtimes that name what they run.
  public void polled(Collection<Poll> polls) {
    db.sql(
            """
            INSERT INTO run_poll AS p (task_id, claim_generation, polled_at)
            SELECT t.id, t.claim_generation, now()
              FROM unnest(:tasks::uuid[], :generations::bigint[]) AS n (id, generation)
              JOIN task t ON t.id = n.id AND t.claim_generation = n.generation AND t.status = 'running'
              JOIN runtime r ON r.id = t.runtime_id AND r.recovers
             ORDER BY t.id
            ON CONFLICT (task_id) DO UPDATE
               SET claim_generation = excluded.claim_generation, polled_at = excluded.polled_at
            """)
        .param("tasks", polls.stream().map(poll -> poll.task().value()).toArray(UUID[]::new))
        .param("generations", polls.stream().map(Poll::generation).toArray(Long[]::new))
        .update();
  }

  /// Takes the report of a run to be lost whose daemon is online and has stopped asking: the daemon
  /// has a while left to ask again, which gives the run its whole deadline back. So no run is given
  /// up because nobody could ask while the servers were away. In the caller's transaction.
  public void judge() {
    var statement =
        db.sql(
                """
                WITH polled AS MATERIALIZED (
                  SELECT t.id, p.polled_at > now() - make_interval(secs => :silence) AS is_asked_for
                    FROM run_poll p
                    JOIN task t ON t.id = p.task_id AND t.claim_generation = p.claim_generation AND t.status = 'running'
                    JOIN runtime r ON r.id = t.runtime_id AND r.status = 'online'
                   WHERE CASE WHEN p.polled_at > now() - make_interval(secs => :silence) THEN t.deadline_reason = 'report_lost'
                              ELSE t.deadline_reason IN ('deadline_run', 'deadline_idle') END
                   ORDER BY t.id FOR NO KEY UPDATE OF t SKIP LOCKED
                ), missing AS (
                  UPDATE task t SET %s
                    FROM polled WHERE t.id = polled.id AND NOT polled.is_asked_for
                ), over AS (
                  DELETE FROM run_poll p USING task t
                   WHERE t.id = p.task_id AND (t.status <> 'running' OR t.claim_generation <> p.claim_generation)
                )
                UPDATE task t SET %s FROM polled WHERE t.id = polled.id AND polled.is_asked_for
                """
                    .formatted(RunDeadline.REPORT_LOST, RunDeadline.SET))
            .param("silence", Deadlines.seconds(SILENCE))
            .param("report_lost", Deadlines.seconds(deadlines.reportLost()));
    RunDeadline.bind(statement, deadlines).update();
  }
}
