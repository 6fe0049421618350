package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A daemon that has a new identity after an upgrade goes on with what it had under the old one.
class LegacyDaemonTest {
  private static final String NEW = "0198f2c4-7f0e-7000-8000-000000000001";

  private final TestWorkspace at = TestWorkspace.make();
  private final Api api = at.api();
  private final UUID old = api.newRuntime(at.id(), "Vm", "claude", 2);
  private final UUID agent = at.newAgent(old, "");

  private Api.Answer register(String daemon, String legacy, String type) {
    return api.post(
        "/api/daemon/register",
        """
        {"workspace_id":"%s","daemon_id":"%s","legacy_daemon_ids":%s,"device_name":"vm","cli_version":"0.9",
         "runtimes":[{"name":"Claude (vm)","type":"%s","version":"9","status":"online","max_concurrent_tasks":2}]}
        """
            .formatted(at.id(), daemon, legacy, type));
  }

  private UUID upgraded() {
    return Api.id(
        register(NEW, "[\"vm\",\"vm.local\",\"VM\",null]", "claude").ok().get("runtimes").get(0));
  }

  private void deregister(UUID runtime) {
    api.post("/api/daemon/deregister", "{\"runtime_ids\":[\"%s\"]}".formatted(runtime)).ok();
  }

  private UUID runtimeOfAgent() {
    return UUID.fromString(api.get("/api/agents/" + agent).ok().get("runtime_id").asString());
  }

  /// Ends a task with a session, and asks for more on its issue.
  private UUID taskAfterASession(UUID runtime) {
    var first = at.newTask(agent, "");
    api.claim(runtime, 20);
    api.start(first).ok();
    api.post(
            "/api/daemon/tasks/" + first + "/complete",
            "{\"output\":\"o\",\"session_id\":\"s1\",\"work_dir\":\"/w\"}")
        .ok();
    return Api.id(api.post("/api/tasks/" + first + "/rerun", "").ok());
  }

  @Test
  void aRuntimeThatHasGoneIsAdoptedWithAllItHas() {
    var next = taskAfterASession(old);
    deregister(old);

    var now = upgraded();

    assertThat(now).isEqualTo(old);
    assertThat(runtimeOfAgent()).isEqualTo(now);
    var claimed = api.claim(now, 20);
    assertThat(Api.id(claimed)).isEqualTo(next);
    assertThat(claimed.get("prior_session_id").asString()).isEqualTo("s1");
    assertThat(runtimes()).containsExactly(NEW);
  }

  private List<String> runtimes() {
    var all = api.get("/api/runtimes?workspace_id=" + at.id()).ok();
    return all.valueStream().map(runtime -> runtime.get("daemon_id").asString()).toList();
  }

  @Test
  void whatAnotherIdentityStillSpeaksForMovesOver() {
    var next = taskAfterASession(old);

    var now = upgraded();

    assertThat(now).isNotEqualTo(old);
    assertThat(runtimeOfAgent()).isEqualTo(now);
    assertThat(at.story(next)).containsExactly("task.queued", "task.assigned", "task.assigned");
    assertThat(lastTold(next).get("runtime_id").asString()).isEqualTo(now.toString());
    var claimed = api.claim(now, 20);
    assertThat(Api.id(claimed)).isEqualTo(next);
    assertThat(claimed.get("prior_session_id").asString()).isEqualTo("s1");
    assertThat(claimed.get("prior_work_dir").asString()).isEqualTo("/w");
    assertThat(at.count("agent.updated")).isEqualTo(1);
  }

  /// The task as the last event about it says.
  private JsonNode lastTold(UUID task) {
    var events = at.muster().feed().of(at.id());
    return JsonMapper.shared()
        .readTree(
            events.reversed().stream()
                .filter(event -> event.subject().equals(task))
                .findFirst()
                .orElseThrow()
                .data());
  }

  @Test
  void whatRanUnderTheOldIdentityIsRunAgainUnderTheNew() {
    var running = at.newTask(agent, "");
    api.claim(old, 20);
    api.start(running).ok();

    var now = upgraded();

    var again = api.claim(now, 20);
    assertThat(Api.id(again)).isEqualTo(running);
    assertThat(again.get("attempt").asInt()).isEqualTo(2);
    assertThat(api.complete(running, "late").status()).isNotEqualTo(500);
  }

  @Test
  void aDaemonThatWasHereUnderBothIdentitiesHasOneRuntime() {
    var fresh = Api.id(register(NEW, "null", "claude").ok().get("runtimes").get(0));
    var task = at.newTask(agent, "");
    deregister(old);

    var now = upgraded();
    var again = upgraded();

    assertThat(List.of(now, again)).containsOnly(fresh);
    assertThat(runtimeOfAgent()).isEqualTo(fresh);
    assertThat(Api.id(api.claim(fresh, 20))).isEqualTo(task);
  }

  @Test
  void othersAreLeftAlone() {
    var otherType = api.newRuntime(at.id(), "vm", "codex", 1);
    var otherHost = api.newRuntime(at.id(), "vm2", "claude", 1);
    var elsewhere = api.newRuntime(api.newWorkspace(), "vm", "claude", 1);
    List.of(old, otherType, otherHost, elsewhere).forEach(this::deregister);

    var now = upgraded();

    assertThat(now).isEqualTo(old);
    var daemons =
        at.db()
            .sql("SELECT daemon_id FROM runtime WHERE id = ANY (:ids) ORDER BY daemon_id")
            .param("ids", new UUID[] {otherType, otherHost, elsewhere})
            .query(String.class)
            .list();
    assertThat(daemons).containsExactly("vm", "vm", "vm2");
  }

  @Test
  void manyRegistrationsAtOnceAgree() {
    deregister(old);
    var ids =
        java.util.stream.IntStream.range(0, 8)
            .mapToObj(_ -> java.util.concurrent.CompletableFuture.supplyAsync(this::upgraded))
            .toList();

    assertThat(ids.stream().map(java.util.concurrent.CompletableFuture::join)).containsOnly(old);
  }

  @Test
  void badLegacyIdsAreRefusedAndChangeNothing() {
    deregister(old);

    for (var legacy :
        List.of(
            "\"vm\"",
            "[1]",
            "[\"" + "x".repeat(501) + "\"]",
            "[" + "\"a\",".repeat(100) + "\"b\"]")) {
      assertThat(register(NEW, legacy, "claude").status()).as(legacy).isEqualTo(400);
    }

    await().untilAsserted(() -> assertThat(runtimes()).containsExactly("Vm"));
  }
}
