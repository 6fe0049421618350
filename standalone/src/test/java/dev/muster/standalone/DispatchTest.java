package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What the dispatcher decides, seen from outside.
class DispatchTest {
  private final TestMuster muster = TestMuster.get();
  private final Api api = muster.api();
  private UUID workspace = new UUID(0, 0);

  @BeforeEach
  void aWorkspace() {
    workspace = api.newWorkspace();
  }

  @AfterEach
  void theFeedHoldsItsGuarantees() {
    muster.feed().complete(muster, workspace);
  }

  private UUID newTask(String body) {
    return Api.id(api.post("/api/tasks?workspace_id=" + workspace, body).ok());
  }

  private UUID newSelectorAgent(String selector, int maxConcurrentTasks) {
    return Api.id(
        api.post(
                "/api/agents?workspace_id=" + workspace,
                "{\"name\":\"Any\",%s,\"max_concurrent_tasks\":%d}"
                    .formatted(selector, maxConcurrentTasks))
            .ok());
  }

  private UUID runtimeOf(UUID task) {
    var runtime = api.get("/api/tasks/" + task).ok().get("runtime_id");
    return runtime.isNull() ? new UUID(0, 0) : UUID.fromString(runtime.asString());
  }

  private void finish(UUID task, String session) {
    api.start(task).ok();
    api.post(
            "/api/daemon/tasks/" + task + "/complete",
            "{\"output\":\"ok\",\"session_id\":\"%s\",\"work_dir\":\"/w\"}".formatted(session))
        .ok();
  }

  @Test
  void aTaskForAProviderGoesToARuntimeOfThatProviderAndNotToAnother() {
    var codex = api.newRuntime(workspace, "dm1", "codex", 1);
    var claude = api.newRuntime(workspace, "dm2", "claude", 1);

    var task = newTask("{\"title\":\"Any claude\",\"provider\":\"claude\"}");

    assertThat(Api.id(api.claim(claude, 20))).isEqualTo(task);
    assertThat(api.claim(codex).isNull()).isTrue();
    assertThat(muster.feed().complete(muster, workspace)).isNotEmpty();
    assertThat(muster.feed().story(workspace, task))
        .containsExactly("task.queued", "task.assigned", "task.dispatched");
  }

  @Test
  void whatCannotBeginKeepsNobodyElseFromAnIdleRuntime() {
    var runtime = api.newRuntime(workspace, "dm1", "claude", 1);
    var paused =
        Api.id(
            api.post(
                    "/api/agents?workspace_id=" + workspace,
                    "{\"name\":\"Paused\",\"runtime_id\":\"%s\"}".formatted(runtime))
                .ok());
    api.post("/api/agents/%s/pause".formatted(paused), "{}").ok();
    for (var i = 0; i < 3; i++) {
      newTask("{\"title\":\"Waits\",\"agent_id\":\"%s\"}".formatted(paused));
    }

    var task = newTask("{\"title\":\"Any claude\",\"provider\":\"claude\"}");

    assertThat(Api.id(api.claim(runtime, 20))).isEqualTo(task);
  }

  @Test
  void labelsMustAllBeThere() {
    var register =
        """
        {"workspace_id":"%s","daemon_id":"%s","runtimes":[{"type":"claude","labels":{"os":"%s","gpu":"yes"}}]}
        """;
    var linux =
        Api.id(
            api.post("/api/daemon/register", register.formatted(workspace, "a", "linux"))
                .ok()
                .get("runtimes")
                .get(0));
    var mac =
        Api.id(
            api.post("/api/daemon/register", register.formatted(workspace, "b", "mac"))
                .ok()
                .get("runtimes")
                .get(0));
    newSelectorAgent("\"labels\":{\"os\":\"mac\",\"gpu\":\"yes\"}", 9);

    var task = newTask("{\"title\":\"On a mac\",\"labels\":{\"os\":\"mac\",\"gpu\":\"yes\"}}");

    assertThat(Api.id(api.claim(mac, 20))).isEqualTo(task);
    assertThat(api.claim(linux).isNull()).isTrue();
  }

  @Test
  void tasksThatLeaveAChoiceAreAssignedLateToRuntimesWithRoomAndOneAhead() {
    api.newRuntime(workspace, "dm1", "claude", 1);
    api.newRuntime(workspace, "dm2", "claude", 1);
    var agent = newSelectorAgent("\"provider\":\"claude\"", 50);
    var tasks = new ArrayList<UUID>();
    for (var i = 0; i < 7; i++) {
      tasks.add(newTask("{\"title\":\"Work\",\"agent_id\":\"%s\"}".formatted(agent)));
    }

    await()
        .untilAsserted(() ->
            assertThat(tasks.stream().filter(task -> !runtimeOf(task).equals(new UUID(0, 0))))
                .hasSize(4));

    assertThat(new HashSet<>(tasks.stream().map(this::runtimeOf).toList())).hasSize(3);
  }

  @Test
  void theRuntimeThatKnowsTheIssueIsGivenItAgain() {
    var one = api.newRuntime(workspace, "dm1", "claude", 2);
    var two = api.newRuntime(workspace, "dm2", "claude", 2);
    var agent = newSelectorAgent("\"provider\":\"claude\"", 9);
    var issue = api.newIssue(workspace, agent);
    var first =
        UUID.fromString(
            api.get("/api/agents/" + agent + "/tasks").ok().get(0).get("id").asString());
    await().until(() -> !runtimeOf(first).equals(new UUID(0, 0)));
    var home = runtimeOf(first);
    assertThat(home).isIn(one, two);
    assertThat(Api.id(api.claim(home, 5))).isEqualTo(first);
    finish(first, "s-home");

    api.person().post("/api/issues/" + issue + "/comments", "{\"content\":\"again\"}").ok();

    assertThat(api.claim(home, 20).get("prior_session_id").asString()).isEqualTo("s-home");
  }

  @Test
  void whatIsAssignedInVainGoesElsewhere() {
    var one = api.newRuntime(workspace, "dm1", "claude", 1);
    var task = newTask("{\"title\":\"Work\",\"provider\":\"claude\"}");
    await().until(() -> runtimeOf(task).equals(one));
    var two = api.newRuntime(workspace, "dm2", "claude", 9);
    muster
        .db()
        .sql("UPDATE task SET deadline_at = now() - interval '1 second' WHERE id = :id")
        .param("id", task)
        .update();

    var claimed = api.claim(two, 20);

    assertThat(Api.id(claimed)).isEqualTo(task);
    assertThat(claimed.get("attempt").asInt()).isEqualTo(1);
    muster.feed().complete(muster, workspace);
    assertThat(muster.feed().story(workspace, task))
        .containsExactly(
            "task.queued", "task.assigned", "task.requeued", "task.assigned", "task.dispatched");
  }

  @Test
  void anAgentAtItsCapLeavesTheRuntimesToTheOthers() {
    var runtime = api.newRuntime(workspace, "dm1", "claude", 1);
    var greedy = newSelectorAgent("\"provider\":\"claude\"", 1);
    for (var i = 0; i < 5; i++) {
      newTask(
          "{\"title\":\"Greedy\",\"priority\":\"urgent\",\"agent_id\":\"%s\"}".formatted(greedy));
    }
    var modest = newSelectorAgent("\"labels\":{}, \"provider\":\"claude\"", 1);
    var task = newTask("{\"title\":\"Modest\",\"agent_id\":\"%s\"}".formatted(modest));

    var seen = new HashSet<UUID>();
    for (var i = 0; i < 6; i++) {
      var claimed = Api.id(api.claim(runtime, 20));
      seen.add(claimed);
      finish(claimed, "s");
    }

    assertThat(seen).hasSize(6).contains(task);
  }

  @Test
  void aSilentRuntimeGoesOfflineAndItsTaskIsRunElsewhereOrFails() {
    var lost = api.newRuntime(workspace, "dm1", "claude", 2);
    var pinned = api.newAgent(workspace, lost, 1);
    var any = newTask("{\"title\":\"Any\",\"provider\":\"claude\"}");
    assertThat(Api.id(api.claim(lost, 20))).isEqualTo(any);
    api.start(any).ok();
    api.newIssue(workspace, pinned);
    var own = Api.id(api.claim(lost, 20));
    api.start(own).ok();
    var other = api.newRuntime(workspace, "dm2", "claude", 1);
    silence(lost);

    await().atMost(Duration.ofSeconds(90)).until(() -> isBoundByGrace(own));
    assertThat(api.status(own)).isEqualTo("running");
    pass("runtime_lost", any, own);
    await().atMost(Duration.ofSeconds(20)).until(() -> api.status(own).equals("queued"));

    assertThat(Api.id(api.claim(other, 20))).isEqualTo(any);
    var runtimes = api.get("/api/runtimes?workspace_id=" + workspace).ok();
    assertThat(runtimes.get(0).get("status").asString()).isEqualTo("offline");
    assertThat(api.get("/api/agents/" + pinned).ok().get("status").asString()).isEqualTo("offline");
    assertThat(Api.id(api.claim(lost, 20))).isEqualTo(own);
    api.start(own).ok();
    silence(lost);
    await().atMost(Duration.ofSeconds(90)).until(() -> isBoundByGrace(own));
    pass("runtime_lost", own);
    await().atMost(Duration.ofSeconds(20)).until(() -> api.status(own).equals("failed"));
    assertThat(api.get("/api/tasks/" + own).ok().get("error").asString())
        .isEqualTo("runtime went offline");
  }

  private boolean isBoundByGrace(UUID task) {
    return muster
        .db()
        .sql("SELECT deadline_reason FROM task WHERE id = :id")
        .param("id", task)
        .query(String.class)
        .single()
        .equals("runtime_lost");
  }

  /// Moves the hand of the clock: the deadlines of these tasks have passed.
  private void pass(String reason, UUID... tasks) {
    muster
        .db()
        .sql(
            "UPDATE task SET deadline_at = now() - interval '1 second' WHERE id = ANY (:ids) AND"
                + " deadline_reason = :reason")
        .param("ids", tasks)
        .param("reason", reason)
        .update();
  }

  /// As if the runtime had not been heard from for a minute. A sign of life on its way may still
  /// arrive after that.
  private void silence(UUID runtime) {
    await()
        .pollDelay(Duration.ofMillis(1_500))
        .until(() ->
            muster
                    .db()
                    .sql(
                        "UPDATE runtime_liveness SET last_seen_at = now() - interval '1 minute'"
                            + " WHERE runtime_id = :id")
                    .param("id", runtime)
                    .update()
                == 1);
  }

  @Test
  void whatIsClaimedAndNotStartedGoesBackAfterItsDeadline() {
    var runtime = api.newRuntime(workspace, "dm1", "claude", 1);
    api.newIssue(workspace, api.newAgent(workspace, runtime, 1));
    var task = Api.id(api.claim(runtime));
    muster
        .db()
        .sql("UPDATE task SET deadline_at = now() - interval '1 second' WHERE id = :id")
        .param("id", task)
        .update();

    await().atMost(Duration.ofSeconds(20)).until(() -> api.status(task).equals("queued"));

    assertThat(api.claim(runtime, 20).get("attempt").asInt()).isEqualTo(2);
    assertThat(
            api.get("/api/tasks/" + task)
                .ok()
                .get("attempts")
                .get(0)
                .get("failure_reason")
                .asString())
        .isEqualTo("deadline_start");
  }
}
