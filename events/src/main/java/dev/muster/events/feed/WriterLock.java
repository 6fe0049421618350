package dev.muster.events.feed;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import javax.sql.DataSource;
import org.postgresql.PGConnection;

/// A lock in Postgres that one process at a time holds, to write to Kafka, and the connection that
/// it lasts as long as. The relay's word comes over that connection too.
///
/// It only keeps processes from fencing each other all the time: whoever is paused or cut off does
/// not know that it has lost the lock, so nothing else may rest on it.
final class WriterLock implements AutoCloseable {
  private final Connection connection;

  private WriterLock(Connection connection) {
    this.connection = connection;
  }

  /// Takes the lock; empty if another process has it.
  static Optional<WriterLock> tryTake(DataSource dataSource, long lock) throws SQLException {
    var connection = dataSource.getConnection();
    try (var statement = connection.createStatement()) {
      try (var result = statement.executeQuery("SELECT pg_try_advisory_lock(" + lock + ")")) {
        result.next();
        if (!result.getBoolean(1)) {
          connection.close();
          return Optional.empty();
        }
      }
      statement.execute("LISTEN muster_feed");
      return Optional.of(new WriterLock(connection));
    } catch (SQLException | RuntimeException e) {
      new WriterLock(connection).close();
      throw e;
    }
  }

  /// Waits for the relay's word, and returns whether it came.
  boolean isToldWithin(Duration atMost) throws SQLException {
    var notifications =
        connection.unwrap(PGConnection.class).getNotifications((int) atMost.toMillis());
    return notifications != null && notifications.length > 0;
  }

  /// Notices that the connection, and with it the lock, is gone. One that brings the relay's word
  /// is there.
  void require() throws SQLException {
    if (!connection.isValid(1)) {
      throw new SQLException("The connection that holds a writer's lock is gone");
    }
  }

  /// Gives the lock back. The connection is aborted rather than returned, so that no later user of
  /// the pool holds it.
  @Override
  public void close() {
    try (connection) {
      connection.abort(Runnable::run);
    } catch (SQLException e) {
      // It is gone already, and the lock with it.
    }
  }
}
