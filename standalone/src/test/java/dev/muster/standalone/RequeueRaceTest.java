package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// A run ends to be retried at the moment in which another task of its agent and issue is queued.
/// Neither waits for the other, and both are queued.
class RequeueRaceTest {
  private final TestWorkspace at = TestWorkspace.make();

  @Test
  void theReportWaitsForNobodyAndBothTasksAreQueued() throws Exception {
    var runtime = at.api().newRuntime(at.id(), "dm", "claude", 1);
    var agent = at.newAgent(runtime, "");
    var task = at.newTask(agent, "");
    assertThat(Api.id(at.api().claim(runtime, 20))).isEqualTo(task);
    at.api().start(task).ok();
    var other = at.newTask(agent, "");
    try (var queueing = DriverManager.getConnection(TestServers.get().jdbcUrl())) {
      queueing.setAutoCommit(false);
      moveToIssueOf(task, other, queueing);

      var report = at.write(task, "fail", 1, "{\"failure_reason\":\"provider_unavailable\"}");

      assertThat(report.status()).as(report.text()).isEqualTo(200);
      queueing.commit();
    }
    assertThat(at.api().status(task)).isEqualTo("queued");
    assertThat(at.api().status(other)).isEqualTo("queued");
  }

  @Test
  void ofTheQueuedTasksOfAnAgentAndAnIssueOneWasNeverClaimed() throws Exception {
    var runtime = at.api().newRuntime(at.id(), "dm", "claude", 1);
    var agent = at.newAgent(runtime, "");
    var task = at.newTask(agent, "");
    var other = at.newTask(agent, "");
    try (var queueing = DriverManager.getConnection(TestServers.get().jdbcUrl())) {
      queueing.setAutoCommit(false);

      assertThatThrownBy(() -> moveToIssueOf(task, other, queueing))
          .hasMessageContaining("task_queued_issue_agent");
      queueing.rollback();
    }
  }

  @Test
  void oneOfTheQueuedTasksOfAnAgentAndAnIssueIsAssignedAtATime() {
    var agent =
        Api.id(
            at.api()
                .post(
                    "/api/agents?workspace_id=" + at.id(),
                    "{\"name\":\"Any\",\"provider\":\"claude\",\"max_concurrent_tasks\":9}")
                .ok());
    var retried = at.newTask(agent, "");
    var sameIssue = at.newTask(agent, "");
    var another = at.newTask(agent, "");
    at.db()
        .sql("UPDATE task SET claim_generation = 1 WHERE id = :id")
        .param("id", retried)
        .update();
    at.db()
        .sql(
            "UPDATE task SET issue_id = (SELECT issue_id FROM task WHERE id = :retried) WHERE id = :id")
        .param("retried", retried)
        .param("id", sameIssue)
        .update();

    // It takes one task and has one ahead.
    at.api().newRuntime(at.id(), "dm", "claude", 1);

    await().until(() -> isAssigned(retried) && isAssigned(another));
    assertThat(isAssigned(sameIssue)).isFalse();
  }

  private boolean isAssigned(UUID task) {
    return !at.task(task).get("runtime_id").isNull();
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
}
