package dev.muster.bench;

import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;

/// Reads what a running Muster with embedded servers has used so far.
final class Meter implements AutoCloseable {
  private final PostgresTime postgres;
  private final JvmTime jvm;
  private final Connection db;
  private final StartedMuster muster;

  Meter(StartedMuster muster) throws IOException, SQLException {
    this.muster = muster;
    this.postgres = new PostgresTime(muster.data());
    this.jvm = new JvmTime(ServerJvm.on(muster.data()));
    this.db = DriverManager.getConnection(muster.jdbcUrl());
  }

  /// What was used up to a moment.
  ///
  /// @param jvm seconds of processor time
  /// @param batches of commands that the lanes have made; NaN if this Muster does not count them
  record Used(
      double postgres,
      Map<ThreadKind, Double> jvm,
      double transactions,
      double walBytes,
      double batches,
      double commands) {}

  /// Threads that end between two looks take their time with them: look every second.
  void look() throws IOException {
    jvm.look();
  }

  Used read() throws IOException, SQLException {
    return new Used(
        postgres.seconds(),
        jvm.seconds(),
        number(
            "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()"),
        number("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')"),
        counter("muster_lane_batches_total"),
        counter("muster_lane_commands_total"));
  }

  /// The connections of Muster's own.
  int connections() throws SQLException {
    return (int)
        number(
            "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()");
  }

  private double number(String sql) throws SQLException {
    try (var statement = db.createStatement();
        var rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getDouble(1);
    }
  }

  private double counter(String name) throws IOException {
    try (var line = muster.line()) {
      return line.get("/metrics")
          .lines()
          .filter(sample -> sample.startsWith(name + "{") || sample.startsWith(name + " "))
          .mapToDouble(sample -> Double.parseDouble(sample.substring(sample.lastIndexOf(' ') + 1)))
          .reduce(Double::sum)
          .orElse(Double.NaN);
    }
  }

  @Override
  public void close() throws SQLException {
    db.close();
  }
}
