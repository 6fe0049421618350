package dev.muster.bench;

import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ObjLongConsumer;
import org.springframework.jdbc.core.simple.JdbcClient;

/// Changes of tasks as Muster makes them, straight in Postgres.
final class Load {
  private static final int WORKSPACES = 16;
  private static final int TASKS_EACH = 64;

  private static final String CHANGE =
      """
      WITH moved AS (UPDATE task SET event_seq = event_seq + 1, assigned_at = now() WHERE id = ? RETURNING task AS t)
      INSERT INTO outbox (workspace_id, type, subject_id, seq, data)
      SELECT (t).workspace_id, 'task.assigned', (t).id, (t).event_seq, task_event(t) FROM moved
      RETURNING seq
      """;

  private final String jdbcUrl;
  private final JdbcClient db;
  private final List<UUID> tasks;

  Load(String jdbcUrl, JdbcClient db) {
    this.jdbcUrl = jdbcUrl;
    this.db = db;
    this.tasks =
        db.sql(
                """
                WITH w AS (
                  INSERT INTO workspace (name, slug, issue_prefix)
                  SELECT 'Bench', gen_random_uuid()::text, 'B' FROM generate_series(1, :workspaces) RETURNING id
                ), r AS (
                  INSERT INTO agent (workspace_id, provider, name) SELECT id, 'none', 'Bench' FROM w RETURNING id, workspace_id
                ), i AS (
                  INSERT INTO issue (workspace_id, number, title, creator_type, creator_id)
                  SELECT id, n, 'Bench', 'member', id FROM w, generate_series(1, :tasks) AS n RETURNING id, workspace_id
                ), t AS (
                  INSERT INTO task (workspace_id, agent_id, issue_id, pinned, assigned_at)
                  SELECT workspace_id, r.id, i.id, true, now() FROM i JOIN r USING (workspace_id) RETURNING task AS t
                )
                INSERT INTO outbox (workspace_id, type, subject_id, seq, data)
                SELECT (t).workspace_id, 'task.queued', (t).id, (t).event_seq, task_event(t) FROM t
                RETURNING subject_id
                """)
            .param("workspaces", WORKSPACES)
            .param("tasks", TASKS_EACH)
            .query((row, _) -> row.getObject(1, UUID.class))
            .list();
  }

  int tasks() {
    return tasks.size();
  }

  /// One change after another, each in a transaction of its own, at a steady rate whatever a commit
  /// takes.
  ///
  /// @param committed takes `task:sequence` and the nanosecond at which its commit had returned
  void steady(int perSecond, int seconds, Runnable wake, ObjLongConsumer<String> committed)
      throws SQLException {
    try (var connection = DriverManager.getConnection(jdbcUrl);
        var statement = connection.prepareStatement(CHANGE)) {
      var begin = System.nanoTime();
      for (var i = 0; i < perSecond * seconds; i++) {
        var due = begin + i * 1_000_000_000L / perSecond;
        while (System.nanoTime() < due) {
          LockSupport.parkNanos(due - System.nanoTime());
        }
        var task = tasks.get(i % tasks.size());
        statement.setObject(1, task);
        try (var rows = statement.executeQuery()) {
          rows.next();
          committed.accept(task + ":" + rows.getLong(1), System.nanoTime());
        }
        wake.run();
      }
    }
  }

  /// Many changes in few transactions: more than the feed can take in the same time.
  int flood(int rounds) {
    for (var i = 0; i < rounds; i++) {
      db.sql(
              """
              WITH moved AS (
                UPDATE task SET event_seq = event_seq + 1 WHERE id = ANY (:tasks) RETURNING task AS t
              )
              INSERT INTO outbox (workspace_id, type, subject_id, seq, data)
              SELECT (t).workspace_id, 'task.assigned', (t).id, (t).event_seq, task_event(t) FROM moved
              """)
          .param("tasks", tasks.toArray(UUID[]::new))
          .update();
    }
    return rounds * tasks.size();
  }
}
