package dev.muster.api.metrics;

import dev.muster.events.sql.Rows;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/// How many there are of what an operator watches, over all workspaces.
@Repository
class QueueStore {
  /// A reason is worked out for each task, so in a longer queue for the first of them.
  static final int REASONS_OF_MAX = 1_000;

  private final JdbcClient db;

  QueueStore(JdbcClient db) {
    this.db = db;
  }

  /// How many have this name.
  record Count(String name, int count) {}

  List<Count> tasks() {
    return db.sql(
            """
            SELECT 'queued' AS name, count(*)::int AS count FROM task WHERE status = 'queued'
            UNION ALL
            SELECT s.name, count(t.id)::int
              FROM (VALUES ('dispatched'), ('running')) s (name)
              LEFT JOIN task t ON t.status = s.name AND t.status IN ('dispatched', 'running')
             GROUP BY s.name
            """)
        .query(Rows.of(Count.class))
        .list();
  }

  List<Count> waiting() {
    return db.sql(
            """
            SELECT waiting_reason(t) AS name, count(*)::int AS count
              FROM (SELECT * FROM task WHERE status = 'queued' LIMIT :max) t
             GROUP BY 1
            """)
        .param("max", REASONS_OF_MAX)
        .query(Rows.of(Count.class))
        .list();
  }

  List<Count> runtimes() {
    return db.sql(
            """
            SELECT s.name, count(r.id)::int AS count
              FROM (VALUES ('online'), ('deaf'), ('offline')) s (name)
              LEFT JOIN runtime r ON s.name = CASE WHEN r.status = 'online' AND r.deaf THEN 'deaf' ELSE r.status END
             GROUP BY s.name
            """)
        .query(Rows.of(Count.class))
        .list();
  }

  int deadLetters() {
    return db.sql("SELECT count(*)::int FROM task WHERE status = 'failed' AND redriven_by IS NULL")
        .query(Integer.class)
        .single();
  }

  /// How long the task that has waited longest has waited, in seconds; 0 if none waits.
  double oldestWaitSeconds() {
    return db.sql(
            "SELECT coalesce(extract(epoch FROM now() - min(queued_at)), 0)::float8 FROM task WHERE status = 'queued'")
        .query(Double.class)
        .single();
  }
}
