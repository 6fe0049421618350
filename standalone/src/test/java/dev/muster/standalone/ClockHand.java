package dev.muster.standalone;

import java.time.Duration;
import java.util.UUID;
import java.util.function.Predicate;
import org.springframework.jdbc.core.simple.JdbcClient;

/// Moves the clock's hand in the database, so that a test need not wait for a minute to pass.
record ClockHand(JdbcClient db, UUID workspace) {
  /// A claim whose answer nobody heard is handed out again after a minute; here sooner.
  ///
  /// @param silence how old the claim is: longer than any answer is under way
  /// @param isLost whether nobody has the task
  int deliverAgain(Duration silence, Predicate<UUID> isLost) {
    var silent =
        db.sql(
                """
                SELECT id FROM task
                 WHERE workspace_id = :workspace AND status = 'dispatched'
                   AND delivered_at BETWEEN now() - interval '60 seconds' AND now() - make_interval(secs => :silence)
                """)
            .param("workspace", workspace)
            .param("silence", silence.toSeconds())
            .query((row, _) -> row.getObject(1, UUID.class))
            .list();
    return db.sql(
            """
            UPDATE task SET delivered_at = delivered_at - interval '61 seconds'
             WHERE id = ANY (:tasks) AND status = 'dispatched'
            """)
        .param("tasks", silent.stream().filter(isLost).toArray(UUID[]::new))
        .update();
  }

  /// What runs and nobody will report any more is given up when its daemon has not named it, or its
  /// agent has given no sign, for a minute or longer; here that is over now.
  ///
  /// @param isLost whether nobody has the task
  void giveUp(Predicate<UUID> isLost) {
    var lost =
        db
            .sql(
                """
                SELECT id, claim_generation FROM task
                 WHERE workspace_id = :workspace AND status = 'running' AND deadline_at > now()
                   AND deadline_reason IN ('report_lost', 'deadline_idle')
                """)
            .param("workspace", workspace)
            .query((row, _) -> new Run(row.getObject(1, UUID.class), row.getLong(2)))
            .list()
            .stream()
            .filter(run -> isLost.test(run.task()))
            .toList();
    for (var run : lost) {
      for (var change :
          new String[] {
            "UPDATE task_message SET created_at = created_at - interval '1 hour' WHERE task_id = :task",
            "UPDATE task_usage SET updated_at = updated_at - interval '1 hour' WHERE task_id = :task",
            """
            UPDATE task
               SET started_at = started_at - interval '1 hour', heard_at = heard_at - interval '1 hour',
                   deadline_at = now() - interval '1 second'
             WHERE id = :task AND status = 'running' AND claim_generation = :generation
            """
          }) {
        db.sql(change).param("task", run.task()).param("generation", run.generation()).update();
      }
    }
  }

  private record Run(UUID task, long generation) {}

  /// What a task that runs is given before it is given up, because its runtime is silent or its
  /// report seems lost, is minutes; here it is over now.
  void endGrace(UUID task) {
    db.sql(
            """
            UPDATE task SET deadline_at = now() - interval '1 second'
             WHERE id = :task AND workspace_id = :workspace AND status = 'running'
               AND deadline_at < now() + interval '6 minutes'
            """)
        .param("task", task)
        .param("workspace", workspace)
        .update();
  }
}
