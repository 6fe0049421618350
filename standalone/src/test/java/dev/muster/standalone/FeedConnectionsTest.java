package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// Requests that hold all of their connections do not keep committed changes from Kafka.
class FeedConnectionsTest {
  private final TestMuster muster = TestMuster.get();
  private final TestWorkspace at = TestWorkspace.make();

  @Test
  void theFeedGoesOnWhenRequestsHoldAllTheirConnections() throws SQLException {
    at.api().put("/api/workspaces/" + at.id(), "{\"name\":\"Renamed\"}").ok();
    var told = muster.feed().complete(muster, at.id()).size();

    var held = new ArrayList<Connection>();
    try (var own = DriverManager.getConnection(TestServers.get().jdbcUrl())) {
      takeAll(muster.apiBean("dataSource", HikariDataSource.class), held);
      takeAll(muster.dispatcherBean(HikariDataSource.class), held);
      changeAgain(own, at.id());

      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> assertThat(muster.feed().of(at.id())).hasSize(told + 1));
    } finally {
      for (var connection : held) {
        connection.close();
      }
    }
  }

  private static void takeAll(HikariDataSource pool, List<Connection> held) throws SQLException {
    for (var i = 0; i < pool.getMaximumPoolSize(); i++) {
      held.add(pool.getConnection());
    }
  }

  /// Tells of a change as a request does, without a connection of the pools.
  private static void changeAgain(Connection connection, UUID workspace) throws SQLException {
    try (var statement =
        connection.prepareStatement(
            """
            INSERT INTO outbox (workspace_id, type, subject_id, seq, data)
            SELECT workspace_id, type, subject_id, seq, data FROM event_log
             WHERE workspace_id = ? AND type = 'workspace.updated'
            """)) {
      statement.setObject(1, workspace);
      assertThat(statement.executeUpdate()).isEqualTo(1);
    }
  }
}
