package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Claims as leases: fenced by their generation, kept by heartbeats, given up when nobody keeps
/// them.
class LeaseTest {
  private TestWorkspace at = TestWorkspace.make();
  private UUID runtime = new UUID(0, 0);
  private UUID agent = new UUID(0, 0);

  @BeforeEach
  void aWorkspaceWithARuntimeAndItsAgent() {
    at = TestWorkspace.make();
    runtime = at.api().newRuntime(at.id(), "dm1", "claude", 2);
    agent = at.newAgent(runtime, ",\"max_concurrent_tasks\":2");
  }

  @AfterEach
  void theFeedHoldsItsGuarantees() {
    at.muster().feed().complete(at.muster(), at.id());
  }

  private UUID running() {
    var task = at.newTask(agent, "");
    assertThat(Api.id(at.api().claim(runtime, 20))).isEqualTo(task);
    at.api().start(task).ok();
    return task;
  }

  private void lose(UUID task) {
    assertThat(at.pass(task, "deadline_run")).isTrue();
  }

  @Test
  void aWriterWhoseTaskWasClaimedAgainIsToldWhoHasIt() {
    var task = running();
    at.api().newRuntime(at.id(), "dm1", "claude", 2);
    assertThat(at.write(task, "complete", 1, "{\"output\":\"x\"}").status()).isEqualTo(409);
    assertThat(Api.id(at.api().claim(runtime, 20))).isEqualTo(task);

    for (var verb :
        new String[] {
          "start",
          "prepare",
          "progress",
          "session",
          "usage",
          "messages",
          "complete",
          "fail",
          "release",
          "cancel-ack"
        }) {
      var refused = at.write(task, verb, 1, "{}");
      assertThat(refused.status()).as(verb).isEqualTo(409);
      assertThat(refused.json().get("type").asString()).isEqualTo("urn:muster:problem:fenced");
      assertThat(refused.json().get("current_generation").asInt()).isEqualTo(2);
      assertThat(refused.json().get("state").asString()).isEqualTo("dispatched");
      assertThat(refused.json().get("runtime_id").asString()).isEqualTo(runtime.toString());
    }
    assertThat(at.write(task, "start", 2, "{}").status()).isEqualTo(200);
    assertThat(at.write(task, "complete", 2, "{\"output\":\"x\"}").status()).isEqualTo(200);
    assertThat(at.write(task, "fail", 2, "{}").ok().get("status").asString())
        .isEqualTo("completed");
  }

  @Test
  void aClaimMadeAgainWithItsKeyIsGivenTheSameTask() {
    var first = at.newTask(agent, "");
    at.newTask(agent, "");
    var path = "/api/daemon/runtimes/%s/tasks/claim".formatted(runtime);

    var claimed = at.api().post(path, "{}", "Idempotency-Key", "k1").ok().get("task");
    var again = at.api().post(path, "{}", "Idempotency-Key", "k1").ok().get("task");
    var other = at.api().post(path, "{}", "Idempotency-Key", "k2").ok().get("task");

    assertThat(Api.id(claimed)).isEqualTo(first);
    assertThat(again).isEqualTo(claimed);
    assertThat(Api.id(other)).isNotEqualTo(first);
    at.api().start(first).ok();
    at.api().complete(first, "x").ok();
    assertThat(at.api().post(path, "{}", "Idempotency-Key", "k1").status()).isEqualTo(409);
  }

  @Test
  void aTaskCreatedAgainWithItsKeyIsTheSameAndAnotherTaskWithThatKeyIsRefused() {
    var path = "/api/tasks?workspace_id=" + at.id();
    var body = "{\"title\":\"Work\",\"agent_id\":\"%s\"}".formatted(agent);

    var task = Api.id(at.api().post(path, body, "Idempotency-Key", "k1").ok());
    var again = Api.id(at.api().post(path, body, "Idempotency-Key", "k1").ok());
    var other = at.api().post(path, body.replace("Work", "Play"), "Idempotency-Key", "k1");

    assertThat(again).isEqualTo(task);
    assertThat(other.status()).isEqualTo(422);
    assertThat(other.json().get("type").asString())
        .isEqualTo("urn:muster:problem:idempotency-mismatch");
    assertThat(at.api().get(path).ok().get("tasks")).hasSize(1);
    assertThat(at.api().get("/api/issues?workspace_id=" + at.id()).ok().get("issues")).hasSize(1);
  }

  @Test
  void aHeartbeatSaysOfEachTaskWhatIsToBeDone() {
    var kept = running();
    var unnamed = running();
    var strange = UUID.randomUUID();

    var answer =
        at.heartbeat(
                runtime,
                ",\"running_tasks\":[{\"id\":\"%s\",\"claim_generation\":1},{\"id\":\"%s\"}]"
                    .formatted(kept, strange))
            .ok();

    assertThat(answer.get("heartbeat_interval_seconds").asInt()).isBetween(5, 15);
    assertThat(action(answer, kept)).isEqualTo("keep");
    assertThat(action(answer, strange)).isEqualTo("unknown");
    assertThat(action(answer, unnamed)).isEqualTo("report_again");
    var named = ",\"running_task_ids\":[\"%s\",\"%s\"]".formatted(kept, unnamed);
    assertThat(action(at.heartbeat(runtime, named).ok(), unnamed)).isEqualTo("keep");
    assertThat(at.pass(unnamed, "report_lost")).isFalse();
    at.heartbeat(runtime, ",\"running_task_ids\":[\"%s\"]".formatted(kept)).ok();
    assertThat(at.pass(unnamed, "report_lost")).isTrue();
    await().atMost(Duration.ofSeconds(20)).until(() -> at.api().status(unnamed).equals("queued"));
    assertThat(at.task(unnamed).get("failure_reason").asString()).isEqualTo("report_lost");
    assertThat(at.api().status(kept)).isEqualTo("running");
  }

  private static String action(tools.jackson.databind.JsonNode answer, UUID task) {
    for (var entry : answer.get("tasks")) {
      if (entry.get("id").asString().equals(task.toString())) {
        return entry.get("action").asString();
      }
    }
    return "";
  }

  @Test
  void aNewProcessTakesOverAndTheOldOneIsToldSo() {
    at.heartbeat(runtime, ",\"process_id\":\"p1\"").ok();
    var task = running();
    at.heartbeat(runtime, ",\"process_id\":\"p1\"").ok();
    assertThat(at.api().status(task)).isEqualTo("running");

    at.heartbeat(runtime, ",\"process_id\":\"p2\"").ok();

    assertThat(at.task(task).get("failure_reason").asString()).isEqualTo("runtime_restarted");
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> at.heartbeat(runtime, ",\"process_id\":\"p1\"").status() == 409);
    var refused = at.heartbeat(runtime, ",\"process_id\":\"p1\"").json();
    assertThat(refused.get("type").asString()).isEqualTo("urn:muster:problem:superseded");
    assertThat(refused.get("current_process_id").asString()).isEqualTo("p2");
    var claim =
        at.api()
            .post(
                "/api/daemon/runtimes/%s/tasks/claim".formatted(runtime), "{}", "Process-Id", "p1");
    assertThat(claim.status()).isEqualTo(409);
    await().atMost(Duration.ofSeconds(20)).until(() -> at.count("runtime.conflict") == 1);
    at.heartbeat(runtime, ",\"process_id\":\"p2\"").ok();
  }

  @Test
  void theSameProcessMayRegisterAgainAndKeepsWhatItRuns() {
    var body =
        """
        {"workspace_id":"%s","daemon_id":"dm1","process_id":"%s",
         "runtimes":[{"type":"claude","max_concurrent_tasks":2}]}
        """;
    at.api().post("/api/daemon/register", body.formatted(at.id(), "p1")).ok();
    var task = running();

    at.api().post("/api/daemon/register", body.formatted(at.id(), "p1")).ok();
    assertThat(at.api().status(task)).isEqualTo("running");
    at.api().post("/api/daemon/register", body.formatted(at.id(), "p2")).ok();

    assertThat(at.api().status(task)).isEqualTo("queued");
    assertThat(at.api().post("/api/daemon/register", body.formatted(at.id(), "p1")).status())
        .isEqualTo(409);
  }

  @Test
  void aLostAttemptIsFollowedByOneThatKnowsItsSessionUntilThereAreNoMore() {
    var task = running();
    at.write(task, "session", 1, "{\"session_id\":\"s1\",\"work_dir\":\"/w1\"}").ok();
    var recovered =
        at.api().post("/api/daemon/runtimes/%s/recover-orphans".formatted(runtime), "{}").ok();
    assertThat(recovered.get("orphaned").asInt()).isEqualTo(1);
    assertThat(at.task(task).get("waiting").get("reason").asString()).isEqualTo("backoff");
    assertThat(at.task(task).get("waiting").get("until").asString())
        .isEqualTo(at.task(task).get("run_after").asString());

    var again = at.api().claim(runtime, 20);

    assertThat(again.get("prior_session_id").asString()).isEqualTo("s1");
    assertThat(again.get("prior_work_dir").asString()).isEqualTo("/w1");
    at.write(task, "start", 2, "{}").ok();
    at.api().post("/api/daemon/runtimes/%s/recover-orphans".formatted(runtime), "{}").ok();
    assertThat(at.task(task).get("status").asString()).isEqualTo("failed");
    assertThat(at.task(task).get("attempts")).hasSize(2);
    assertThat(at.task(task).get("attempts").get(0).get("failure_reason").asString())
        .isEqualTo("runtime_restarted");
    assertThat(at.story(task))
        .containsExactly(
            "task.queued",
            "task.assigned",
            "task.dispatched",
            "task.running",
            "task.requeued",
            "task.ready",
            "task.assigned",
            "task.dispatched",
            "task.running",
            "task.failed");
  }

  @Test
  void aFailureOfTheProviderIsTriedAgainAndOneOfTheAgentIsNot() {
    var unlucky = running();
    var wrong = running();

    at.write(
            unlucky,
            "fail",
            1,
            "{\"error\":\"no network\",\"failure_reason\":\"provider_unavailable\"}")
        .ok();
    at.write(wrong, "fail", 1, "{\"error\":\"tests fail\",\"failure_reason\":\"what\"}").ok();

    assertThat(at.task(unlucky).get("status").asString()).isEqualTo("queued");
    assertThat(at.task(unlucky).get("attempts").get(0).get("error").asString())
        .isEqualTo("no network");
    assertThat(at.task(wrong).get("status").asString()).isEqualTo("failed");
    assertThat(at.task(wrong).get("failure_reason").asString()).isEqualTo("agent_error");
  }

  @Test
  void aTaskThatIsGivenBackCostsNoAttemptAndCanBeClaimedAtOnce() {
    var task = running();

    at.write(task, "release", 1, "{}").ok();
    at.write(task, "release", 1, "{}").ok();

    var again = at.api().claim(runtime);
    assertThat(Api.id(again)).isEqualTo(task);
    assertThat(again.get("attempt").asInt()).isEqualTo(1);
    assertThat(again.get("claim_generation").asInt()).isEqualTo(2);
  }

  @Test
  void aRunThatLastsTooLongFailsAndIsNotTriedAgain() {
    var task = running();

    lose(task);

    await().atMost(Duration.ofSeconds(20)).until(() -> at.api().status(task).equals("failed"));
    assertThat(at.task(task).get("failure_reason").asString()).isEqualTo("deadline_run");
  }

  @Test
  void aSerialDaemonThatClaimsWhileItsTaskRunsHasLostTheReport() {
    var serial =
        Api.id(
            at.api()
                .post(
                    "/api/daemon/register",
                    "{\"workspace_id\":\"%s\",\"daemon_id\":\"serial\",\"runtimes\":[{\"type\":\"claude\"}]}"
                        .formatted(at.id()))
                .ok()
                .get("runtimes")
                .get(0));
    var task = at.newTask(at.newAgent(serial, ""), "");
    assertThat(Api.id(at.api().claim(serial, 20))).isEqualTo(task);
    at.api().start(task).ok();
    assertThat(at.pass(task, "report_lost")).isFalse();

    assertThat(at.api().claim(serial).isNull()).isTrue();

    assertThat(at.pass(task, "report_lost")).isTrue();
    await().atMost(Duration.ofSeconds(20)).until(() -> at.task(task).get("attempt").asInt() == 2);
    assertThat(Api.id(at.api().claim(serial, 20))).isEqualTo(task);
  }

  @Test
  void timeWithoutServersIsGivenBack() {
    var task = running();
    at.db()
        .sql("UPDATE task SET deadline_at = now() + interval '10 seconds' WHERE id = :id")
        .param("id", task)
        .update();

    at.db().sql("UPDATE server_clock SET swept_at = now() - interval '1 hour'").update();

    await()
        .atMost(Duration.ofSeconds(20))
        .until(() ->
            at.db()
                .sql("SELECT deadline_at > now() + interval '50 minutes' FROM task WHERE id = :id")
                .param("id", task)
                .query(Boolean.class)
                .single());
  }
}
