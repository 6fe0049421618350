package dev.muster.events.feed;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.springframework.jdbc.core.simple.JdbcClient;

/// Twelve tasks in four workspaces that everybody changes at once, as changes are made here: the
/// task's row first, then the event, all in one transaction. One in twenty is rolled back, half of
/// them take their transaction id before they wait for the row, and all of them pause anywhere.
public final class HotTasks {
  private static final int WORKSPACES = 4;
  private static final int TASKS_EACH = 3;
  private static final int WRITERS = 24;

  private static final String CHANGE =
      """
      WITH moved AS (UPDATE task SET event_seq = event_seq + 1 WHERE id = ? RETURNING task AS t)
      INSERT INTO outbox (workspace_id, type, subject_id, seq, data)
      SELECT (t).workspace_id, 'task.assigned', (t).id, (t).event_seq, task_event(t) FROM moved
      """;

  private final FeedRig rig;
  private final List<UUID> tasks;
  private final AtomicInteger committed = new AtomicInteger();

  public HotTasks(FeedRig rig) {
    this.rig = rig;
    this.tasks =
        IntStream.range(0, WORKSPACES).boxed().flatMap(_ -> newTasks(rig.db()).stream()).toList();
  }

  private static List<UUID> newTasks(JdbcClient db) {
    return db.sql(
            """
            WITH w AS (
              INSERT INTO workspace (name, slug, issue_prefix)
              VALUES ('Hot', gen_random_uuid()::text, 'HOT') RETURNING id
            ), a AS (
              INSERT INTO agent (workspace_id, provider, name) SELECT id, 'claude', 'Hot' FROM w RETURNING id
            ), i AS (
              INSERT INTO issue (workspace_id, number, title, creator_type, creator_id)
              SELECT id, n, 'Hot', 'member', id FROM w, generate_series(1, :tasks) AS n
              RETURNING id, workspace_id
            ), t AS (
              INSERT INTO task (workspace_id, agent_id, issue_id, pinned)
              SELECT i.workspace_id, a.id, i.id, false FROM i, a
              RETURNING task AS t
            )
            INSERT INTO outbox (workspace_id, type, subject_id, seq, data)
            SELECT (t).workspace_id, 'task.queued', (t).id, (t).event_seq, task_event(t) FROM t
            RETURNING subject_id
            """)
        .param("tasks", TASKS_EACH)
        .query((row, _) -> row.getObject(1, UUID.class))
        .list();
  }

  public List<UUID> tasks() {
    return tasks;
  }

  int committed() {
    return committed.get();
  }

  /// How many events there must be of each task.
  Map<UUID, Long> expected() {
    var expected = new java.util.HashMap<UUID, Long>();
    rig.db()
        .sql("SELECT id, event_seq FROM task WHERE id = ANY (:tasks)")
        .param("tasks", tasks.toArray(UUID[]::new))
        .query(row -> {
          expected.put(row.getObject("id", UUID.class), row.getLong("event_seq"));
        });
    return expected;
  }

  /// One change of each task, committed one after another.
  public void changeEachOnce() {
    tasks.forEach(task -> rig.db().sql(CHANGE).param(task).update());
  }

  /// Changes tasks with many writers until told to stop.
  ///
  /// @param more a statement about the same change, run after it in the same transaction; it takes
  ///   the task's id; empty for none
  void change(long seed, String more, BooleanSupplier isEnough) throws InterruptedException {
    try (var writers = Executors.newVirtualThreadPerTaskExecutor()) {
      var running =
          IntStream.range(0, WRITERS)
              .mapToObj(i ->
                  writers.submit(() -> {
                    write(new Random(seed + i), more, isEnough);
                    return i;
                  }))
              .toList();
      for (var writer : running) {
        try {
          writer.get();
        } catch (ExecutionException e) {
          throw new AssertionError(e.getCause());
        }
      }
    }
  }

  private void write(Random random, String more, BooleanSupplier isEnough) throws SQLException {
    try (var connection = DriverManager.getConnection(rig.jdbcUrl())) {
      connection.setAutoCommit(false);
      while (!isEnough.getAsBoolean()) {
        var task = tasks.get(random.nextInt(tasks.size()));
        if (random.nextBoolean()) {
          run(connection, "SELECT pg_current_xact_id()");
          pause(random);
        }
        change(connection, CHANGE, task);
        pause(random);
        if (!more.isEmpty()) {
          change(connection, more, task);
          pause(random);
        }
        if (random.nextInt(20) == 0) {
          connection.rollback();
        } else {
          connection.commit();
          committed.incrementAndGet();
        }
      }
    }
  }

  private static void run(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static void change(Connection connection, String sql, UUID task) throws SQLException {
    try (var statement = connection.prepareStatement(sql)) {
      statement.setObject(1, task);
      statement.executeUpdate();
    }
  }

  private static void pause(Random random) {
    if (random.nextInt(4) == 0) {
      LockSupport.parkNanos(random.nextLong(2_000_000));
    }
  }
}
