package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Ending a running task: asked for, pushed, acknowledged, and done without the runtime in the end.
class CancelTest {
  private TestWorkspace at = TestWorkspace.make();
  private UUID runtime = new UUID(0, 0);
  private UUID task = new UUID(0, 0);

  @BeforeEach
  void aRunningTask() {
    at = TestWorkspace.make();
    runtime = at.api().newRuntime(at.id(), "dm1", "claude", 2);
    task = at.newTask(at.newAgent(runtime, ",\"max_concurrent_tasks\":2"), "");
    assertThat(Api.id(at.api().claim(runtime, 20))).isEqualTo(task);
    at.api().start(task).ok();
  }

  @AfterEach
  void theFeedHoldsItsGuarantees() {
    at.muster().feed().complete(at.muster(), at.id());
  }

  private void cancel() {
    at.api().post("/api/tasks/" + task + "/cancel", "{}").ok();
  }

  @Test
  void aParkedClaimIsAnsweredWithTheTaskThatIsToBeEnded() {
    var path = "/api/daemon/runtimes/%s/tasks/claim".formatted(runtime);
    var parked =
        CompletableFuture.supplyAsync(() -> at.api().post(path, "{}", "Prefer", "wait=25").ok());

    cancel();

    var answer = parked.join();
    assertThat(answer.get("task").isNull()).isTrue();
    assertThat(TestWorkspace.texts(answer.get("cancel"))).containsExactly(task.toString());
  }

  @Test
  void aHeartbeatSaysItAndTheAcknowledgementEndsTheTask() {
    cancel();
    cancel();

    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> at.heartbeat(runtime, "").ok().has("cancel"));
    var told = at.heartbeat(runtime, ",\"running_task_ids\":[\"%s\"]".formatted(task)).ok();
    assertThat(told.get("tasks").get(0).get("action").asString()).isEqualTo("cancel");
    assertThat(at.task(task).get("status").asString()).isEqualTo("running");
    assertThat(at.task(task).get("cancel_requested_at").isNull()).isFalse();
    assertThat(at.api().status(task)).isEqualTo("cancelled");

    at.write(task, "cancel-ack", 1, "{}").ok();
    at.write(task, "cancel-ack", 1, "{}").ok();

    assertThat(at.task(task).get("status").asString()).isEqualTo("cancelled");
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> !at.heartbeat(runtime, "").ok().has("cancel"));
    assertThat(at.story(task)).endsWith("task.running", "task.cancel_requested", "task.cancelled");
  }

  @Test
  void aRuntimeThatSaysNothingDoesNotKeepTheTaskBeyondTheGrace() {
    cancel();

    assertThat(at.pass(task, "cancelled")).isTrue();

    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> at.task(task).get("status").asString().equals("cancelled"));
  }

  @Test
  void whatTheRuntimeReportsAfterACancelEndsTheTaskAsCancelled() {
    cancel();

    var reported = at.write(task, "complete", 1, "{\"output\":\"done after all\"}").ok();

    assertThat(reported.get("status").asString()).isEqualTo("cancelled");
    assertThat(reported.get("result").get("output").asString()).isEqualTo("done after all");
    assertThat(at.api().post("/api/tasks/" + task + "/cancel", "{}").status()).isEqualTo(200);
  }

  @Test
  void anAcknowledgementThatNobodyAskedForIsRefused() {
    assertThat(at.write(task, "cancel-ack", 1, "{}").status()).isEqualTo(400);
    assertThat(at.task(task).get("status").asString()).isEqualTo("running");
  }

  @Test
  void theTaskSaysWhoCancelledItFirst() {
    assertThat(at.task(task).has("cancelled_by")).isFalse();
    var users = new Users(at.muster());
    var member = users.newUser();
    users.join(member, at.id(), "member");
    var path = "/api/tasks/" + task + "/cancel";

    users.api(member, Users.Narrowing.NONE).post(path, "{}").ok();
    cancel();

    var by = at.task(task).get("cancelled_by");
    assertThat(by.get("type").asString()).isEqualTo("member");
    assertThat(by.get("id").asString()).isEqualTo(member.toString());
    assertThat(by.get("name").asString()).isEqualTo("U");
    at.write(task, "cancel-ack", 1, "{}").ok();
    assertThat(at.task(task).get("cancelled_by")).isEqualTo(by);
  }
}
