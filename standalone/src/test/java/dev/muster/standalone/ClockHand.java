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
