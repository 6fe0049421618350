package dev.muster.tasks.store;

import dev.muster.events.id.RuntimeId;
import dev.muster.events.sql.Rows;
import dev.muster.tasks.command.Deadlines;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/// What a runtime believes to be running, held against what Muster does.
public final class HeldTasks {
  private final JdbcClient db;
  private final Deadlines deadlines;

  public HeldTasks(JdbcClient db, Deadlines deadlines) {
    this.db = db;
    this.deadlines = deadlines;
  }

  /// What a runtime is to do about a task: keep, cancel, unknown, report_again.
  public record Answer(UUID id, String action) {}

  /// Returns what the runtime is to do about each task that it or Muster believes to be running
  /// there. One that it does not name has a while left to be named or reported; one that is named
  /// again has its whole deadline.
  ///
  /// @param ids the tasks that the runtime names
  /// @param generations the claims it holds them by; null where it does not say
  public List<Answer> reconcile(
      RuntimeId runtime, List<UUID> ids, List<@Nullable Long> generations) {
    var statement =
        db.sql(
                """
                WITH named AS (
                  SELECT DISTINCT ON (id) id, generation
                    FROM (SELECT unnest(:ids::uuid[]) AS id, unnest(:generations::bigint[]) AS generation) AS n
                   ORDER BY id
                ), held AS (
                  SELECT t.id, t.status, t.cancel_requested_at, t.deadline_reason, t.claim_generation
                    FROM task t WHERE t.runtime_id = :runtime AND t.status IN ('dispatched', 'running')
                ), missing AS (
                  UPDATE task t SET %s
                    FROM held
                   WHERE t.id = held.id AND t.status = 'running' AND t.deadline_reason IN ('deadline_run', 'deadline_idle')
                     AND t.claim_generation = held.claim_generation AND NOT EXISTS (SELECT FROM named WHERE named.id = t.id)
                ), found AS (
                  UPDATE task t SET %s
                    FROM held JOIN named ON named.id = held.id
                   WHERE t.id = held.id AND t.status = 'running' AND t.deadline_reason = 'report_lost'
                     AND t.claim_generation = coalesce(named.generation, t.claim_generation)
                )
                SELECT coalesce(named.id, held.id) AS id,
                       CASE WHEN held.id IS NULL THEN 'unknown'
                            WHEN named.generation <> held.claim_generation THEN 'unknown'
                            WHEN held.cancel_requested_at IS NOT NULL THEN 'cancel'
                            WHEN named.id IS NULL OR held.status = 'dispatched' THEN 'report_again'
                            ELSE 'keep' END AS action
                  FROM named FULL JOIN held ON held.id = named.id
                 WHERE named.id IS NOT NULL OR held.status = 'running'
                 ORDER BY 1
                """
                    .formatted(RunDeadline.REPORT_LOST, RunDeadline.SET))
            .param("ids", ids.toArray(UUID[]::new))
            .param("generations", generations.toArray(Long[]::new))
            .param("runtime", runtime.value())
            .param("report_lost", Deadlines.seconds(deadlines.reportLost()));
    return RunDeadline.bind(statement, deadlines).query(Rows.of(Answer.class)).list();
  }
}
