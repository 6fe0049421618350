package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// Daemons of 2026-08 that register while they are at work, restart, sleep and stop.
class TodayRestartTest {
  private final TestWorkspace at = TestWorkspace.make();
  private final Api api = at.api();
  private TodayDaemon daemon = new TodayDaemon(api, at.id(), "", at.id());
  private UUID agent = at.id();

  @BeforeEach
  void aDaemonWithItsAgent() {
    daemon = TodayDaemon.start(api, at.id(), "restart-" + at.id());
    agent = at.newAgent(daemon.runtime(), ",\"max_concurrent_tasks\":50");
  }

  private String state(JsonNode task) {
    return at.task(TodayDaemon.taskOf(task)).get("status").asString();
  }

  private JsonNode running() {
    api.newIssue(at.id(), agent);
    return daemon.claimAndStart();
  }

  /// The runtime was silent for too long, and what it ran waits again.
  private void lose(JsonNode task) {
    var id = TodayDaemon.taskOf(task);
    at.db()
        .sql("UPDATE task SET deadline_reason = 'runtime_lost' WHERE id = :id")
        .param("id", id)
        .update();
    assertThat(at.pass(id, "runtime_lost")).isTrue();
    org.awaitility.Awaitility.await().until(() -> state(task).equals("queued"));
  }

  @Test
  void registeringIsNoRestart() {
    var task = running();

    var again = TodayDaemon.register(api, at.id(), daemon.id());

    assertThat(again.runtime()).isEqualTo(daemon.runtime());
    assertThat(state(task)).isEqualTo("running");
    daemon.complete(Api.id(task), "done").ok();
    assertThat(state(task)).isEqualTo("completed");
  }

  @Test
  void aNewProcessSaysSoAndGoesOnInTheDirectoryOfTheOldOne() {
    var task = running();
    daemon.session(Api.id(task), "s1", "/ws/aa/workdir").ok();

    TodayDaemon.start(api, at.id(), daemon.id());
    var next = daemon.claimSoon();

    assertThat(TodayDaemon.taskOf(next)).isEqualTo(TodayDaemon.taskOf(task));
    assertThat(Api.id(next)).isNotEqualTo(Api.id(task));
    assertThat(next.get("prior_work_dir").asString()).isEqualTo("/ws/aa/workdir");
    assertThat(next.get("prior_session_id").asString()).isEqualTo("s1");
    assertThat(daemon.status(Api.id(task))).isEqualTo("failed");
  }

  @Test
  void whatIsClaimedAfterItRegisteredGoesOnWhenItRecovers() {
    var before = running();
    TodayDaemon.register(api, at.id(), daemon.id());
    var after = running();

    daemon.recoverOrphans();

    assertThat(state(before)).isEqualTo("queued");
    assertThat(state(after)).isEqualTo("running");
  }

  @Test
  void aDaemonHasAsManyTasksAsItHasSlots() {
    for (var i = 0; i < 25; i++) {
      api.newIssue(at.id(), agent);
    }

    var first = daemon.claim(20);
    var second = daemon.claim(0);

    assertThat(first).hasSize(20);
    assertThat(second).isEmpty();
    var ids = new HashSet<UUID>();
    first.forEach(task -> ids.add(Api.id(task)));
    assertThat(ids).hasSize(20);
  }

  @Test
  void aDaemonThatWasToldToTakeMoreGetsMore() {
    for (var i = 0; i < 30; i++) {
      api.newIssue(at.id(), agent);
    }

    assertThat(daemon.claim(40)).hasSize(30);
  }

  @Test
  void runtimesThatNobodyKnowsHaveNoTasksAndHurtNobody() {
    api.newIssue(at.id(), agent);
    var stranger = new Users(at.muster()).newApi();
    var foreign = stranger.newRuntime(stranger.newWorkspace(), "dm", "claude", 1);
    var runtimes =
        "\"%s\",\"%s\",\"nonsense\",\"%s\"".formatted(UUID.randomUUID(), foreign, daemon.runtime());

    assertThat(daemon.claim(5, runtimes)).hasSize(1);
    assertThat(daemon.post("/api/daemon/claim", "{\"runtime_ids\":[]}").status()).isEqualTo(200);
  }

  @Test
  void theTextsThatSteerADaemonAreThese() {
    var nobody = UUID.randomUUID();

    var status =
        api.send(
            "GET",
            "/api/daemon/tasks/%s/status".formatted(nobody),
            null,
            "X-Client-Platform",
            "daemon");
    var heartbeat =
        daemon.post("/api/daemon/heartbeat", "{\"runtime_id\":\"%s\"}".formatted(nobody));
    var claim = daemon.post("/api/daemon/runtimes/%s/tasks/claim".formatted(nobody), "{}");

    assertThat(status.status()).isEqualTo(404);
    assertThat(status.json().get("error").asString()).isEqualTo("task not found");
    assertThat(heartbeat.status()).isEqualTo(404);
    assertThat(heartbeat.json().get("error").asString()).isEqualTo("runtime not found");
    assertThat(claim.status()).isEqualTo(404);
    assertThat(claim.json().get("error").asString()).isEqualTo("runtime not found");
  }

  @Test
  void workThatWasDoneWhileItsRuntimeWasThoughtLostCounts() {
    var task = running();
    lose(task);
    assertThat(daemon.status(Api.id(task))).isNotIn("completed", "failed", "cancelled");

    daemon.complete(Api.id(task), "done after all").ok();
    daemon.complete(Api.id(task), "done after all").ok();

    assertThat(state(task)).isEqualTo("completed");
    assertThat(at.story(TodayDaemon.taskOf(task)))
        .endsWith("task.running", "task.requeued", "task.completed");
    assertThat(daemon.claim(1)).isEmpty();
  }

  @Test
  void aFailureCountsThenToo() {
    var task = running();
    lose(task);

    daemon.fail(Api.id(task), "no", "agent_error.process_failure").ok();

    assertThat(state(task)).isEqualTo("failed");
    assertThat(at.task(TodayDaemon.taskOf(task)).get("failure_reason").asString())
        .isEqualTo("agent_error.process_failure");
  }

  @Test
  void workThatSomebodyElseHasClaimedSinceDoesNotCount() {
    var task = running();
    lose(task);
    var next = daemon.claimSoon();

    assertThat(daemon.complete(Api.id(task), "late").status()).isEqualTo(409);

    assertThat(state(next)).isEqualTo("dispatched");
  }

  private String usage(JsonNode task) {
    return daemon
        .write(
            Api.id(task),
            "usage",
            "{\"usage\":[{\"provider\":\"claude\",\"model\":\"m\",\"input_tokens\":10,\"output_tokens\":5}]}")
        .ok()
        .get("status")
        .asString();
  }

  @Test
  void usageCountsForTenMinutesAfterTheEnd() {
    var task = running();
    var id = TodayDaemon.taskOf(task);
    daemon.complete(Api.id(task), "done").ok();

    assertThat(usage(task)).isEqualTo("ok");
    assertThat(at.task(id).get("usage").get(0).get("input_tokens").asInt()).isEqualTo(10);

    at.db()
        .sql(
            "UPDATE task SET completed_at = completed_at - interval '11 minutes', queued_at ="
                + " queued_at - interval '11 minutes' WHERE id = :id")
        .param("id", id)
        .update();
    assertThat(usage(task)).isEqualTo("late");
  }

  @Test
  void aDaemonThatStopsCostsNoAttempt() {
    var task = running();

    daemon.fail(Api.id(task), "task cancelled by server", "cancelled").ok();
    daemon.deregister().ok();

    var row = at.task(TodayDaemon.taskOf(task));
    assertThat(row.get("status").asString()).isEqualTo("queued");
    assertThat(row.get("attempt").asInt()).isEqualTo(1);
    assertThat(row.get("attempts").get(0).get("failure_reason").asString())
        .isEqualTo("daemon_stopped");
  }

  @Test
  void aRuntimeThatGoesAwayWhileItsDaemonStaysLosesNothing() {
    var task = running();

    daemon.deregister().ok();

    assertThat(state(task)).isEqualTo("running");
    daemon.complete(Api.id(task), "done").ok();
    assertThat(state(task)).isEqualTo("completed");
  }
}
