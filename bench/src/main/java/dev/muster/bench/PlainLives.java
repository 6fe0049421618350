package dev.muster.bench;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/// What the same Postgres makes of the least that a task's life can be: a row that is made,
/// claimed, started and completed, each in a durable transaction of its own and nothing else, as
/// pgbench would do it.
final class PlainLives {
  private PlainLives() {}

  /// Lives per second, on a scratch table that is dropped again.
  ///
  /// @param connections as many lives as there are at once
  static double perSecond(String jdbcUrl, int connections, int seconds)
      throws SQLException, InterruptedException, ExecutionException {
    try (var db = DriverManager.getConnection(jdbcUrl)) {
      execute(
          db,
          """
          DROP TABLE IF EXISTS bench_life;
          CREATE TABLE bench_life (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, state text NOT NULL, title text NOT NULL,
            changed_at timestamptz NOT NULL DEFAULT now(), output text)
          """);
      try {
        return live(jdbcUrl, connections, seconds);
      } finally {
        execute(db, "DROP TABLE bench_life");
      }
    }
  }

  private static double live(String jdbcUrl, int connections, int seconds)
      throws InterruptedException, ExecutionException {
    var begin = System.nanoTime();
    var end = begin + TimeUnit.SECONDS.toNanos(seconds);
    var lives = new ArrayList<Future<Integer>>();
    try (var threads = Executors.newFixedThreadPool(connections)) {
      for (var i = 0; i < connections; i++) {
        lives.add(threads.submit(() -> live(jdbcUrl, end)));
      }
      var all = 0;
      for (var own : lives) {
        all += own.get();
      }
      return all / ((System.nanoTime() - begin) / 1e9);
    }
  }

  private static int live(String jdbcUrl, long end) throws SQLException {
    try (var db = DriverManager.getConnection(jdbcUrl);
        var make =
            db.prepareStatement(
                "INSERT INTO bench_life (state, title) VALUES ('queued', 'Work') RETURNING id");
        var move =
            db.prepareStatement(
                "UPDATE bench_life SET state = ?, output = ?, changed_at = now() WHERE id = ?")) {
      var lives = 0;
      while (System.nanoTime() < end) {
        long id;
        try (var rows = make.executeQuery()) {
          rows.next();
          id = rows.getLong(1);
        }
        move(move, id, "dispatched", "");
        move(move, id, "running", "");
        move(move, id, "completed", "Done.");
        lives++;
      }
      return lives;
    }
  }

  private static void move(PreparedStatement move, long id, String state, String output)
      throws SQLException {
    move.setString(1, state);
    move.setString(2, output);
    move.setLong(3, id);
    move.executeUpdate();
  }

  private static void execute(Connection db, String sql) throws SQLException {
    try (var statement = db.createStatement()) {
      statement.execute(sql);
    }
  }
}
