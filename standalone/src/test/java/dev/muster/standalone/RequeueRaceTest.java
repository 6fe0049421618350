package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/// A run ends to be tried again at the moment in which another task of its agent and issue is put
/// into the queue.
class RequeueRaceTest {
  private final TestWorkspace at = TestWorkspace.make();

  @Test
  void theReportIsTakenAndTheOtherTaskDoesTheWork() throws Exception {
    var runtime = at.api().newRuntime(at.id(), "dm", "claude", 1);
    var agent = at.newAgent(runtime, "");
    var task = at.newTask(agent, "");
    assertThat(Api.id(at.api().claim(runtime, 20))).isEqualTo(task);
    at.api().start(task).ok();
    var other = at.newTask(agent, "");
    try (var queueing = DriverManager.getConnection(TestServers.get().jdbcUrl())) {
      queueing.setAutoCommit(false);
      moveToIssueOf(task, other, queueing);
      var report =
          CompletableFuture.supplyAsync(
              () -> at.write(task, "fail", 1, "{\"failure_reason\":\"provider_unavailable\"}"));
      await().atMost(Duration.ofSeconds(30)).until(this::somebodyWaits);
      queueing.commit();

      assertThat(report.get().status()).isEqualTo(200);
    }
    assertThat(at.api().status(task)).isEqualTo("failed");
    assertThat(at.api().status(other)).isEqualTo("queued");
  }

  private static void moveToIssueOf(UUID task, UUID other, Connection queueing)
      throws SQLException {
    try (var move =
        queueing.prepareStatement(
            "UPDATE task SET issue_id = (SELECT issue_id FROM task WHERE id = ?) WHERE id = ?")) {
      move.setObject(1, task);
      move.setObject(2, other);
      move.executeUpdate();
    }
  }

  /// Whether a statement waits for another transaction to end, as one does that meets a key which
  /// is not committed yet.
  private boolean somebodyWaits() {
    return at.db()
        .sql(
            """
            SELECT EXISTS (SELECT FROM pg_stat_activity
                            WHERE wait_event_type = 'Lock' AND wait_event = 'transactionid' AND query LIKE '%UPDATE task t%')
            """)
        .query(Boolean.class)
        .single();
  }
}
