package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The seed's daemon protocol, call by call, with the shapes and status codes its daemon depends
/// on.
class SeedProtocolTest {
  private final TestMuster muster = TestMuster.get();
  private final Api api = muster.api();
  private UUID workspace = new UUID(0, 0);
  private UUID runtime = new UUID(0, 0);
  private UUID agent = new UUID(0, 0);

  @BeforeEach
  void aWorkspaceWithARuntimeAndItsAgent() {
    workspace = api.newWorkspace();
    runtime = api.newRuntime(workspace, "dm1", "claude", 1);
    agent = api.newAgent(workspace, runtime, 1);
  }

  private static List<String> names(JsonNode object) {
    return StreamSupport.stream(object.propertyNames().spliterator(), false).toList();
  }

  @Test
  void registeringAnswersWithTheRuntimesInTheOrderOfTheRequestAndKeepsTheirIds() {
    var body =
        """
        {"workspace_id":"%s","daemon_id":" dm1 ","device_name":"dev1",
         "runtimes":[{"name":"Local Codex","type":"codex","version":"","status":"online"},
                     {"name":"","type":"claude","version":"2.1.0 (Claude Code)","status":"online"}]}
        """
            .formatted(workspace);

    var runtimes = api.post("/api/daemon/register", body).ok().get("runtimes");

    assertThat(runtimes.get(0).get("provider").asString()).isEqualTo("codex");
    assertThat(runtimes.get(0).get("device_info").asString()).isEqualTo("dev1");
    assertThat(runtimes.get(1).get("id").asString()).isEqualTo(runtime.toString());
    assertThat(runtimes.get(1).get("name").asString()).isEqualTo("claude (dev1)");
    assertThat(runtimes.get(1).get("device_info").asString())
        .isEqualTo("dev1 \u00B7 2.1.0 (Claude Code)");
    assertThat(runtimes.get(1).get("metadata").get("version").asString())
        .isEqualTo("2.1.0 (Claude Code)");
    assertThat(runtimes.get(1).get("last_seen_at").asString())
        .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");
    assertThat(names(runtimes.get(1)))
        .startsWith(
            "id",
            "workspace_id",
            "daemon_id",
            "name",
            "runtime_mode",
            "provider",
            "status",
            "device_info",
            "metadata",
            "last_seen_at",
            "created_at",
            "updated_at");
  }

  @Test
  void aTaskGoesFromIssueToCompletionWithTheShapesOfTheSeed() {
    assertThat(api.post("/api/daemon/runtimes/%s/tasks/claim".formatted(runtime), "{}").text())
        .isEqualTo("{\"task\":null}");
    var issue = api.newIssue(workspace, agent);

    var task = api.claim(runtime);

    assertThat(names(task))
        .contains(
            "id",
            "agent_id",
            "runtime_id",
            "issue_id",
            "status",
            "priority",
            "dispatched_at",
            "started_at",
            "completed_at",
            "result",
            "error",
            "agent",
            "created_at")
        .doesNotContain("prior_session_id", "prior_work_dir");
    assertThat(task.get("status").asString()).isEqualTo("dispatched");
    assertThat(task.get("issue_id").asString()).isEqualTo(issue.toString());
    assertThat(task.get("started_at").isNull()).isTrue();
    assertThat(task.get("result").isNull()).isTrue();
    assertThat(names(task.get("agent"))).containsExactlyInAnyOrder("id", "name", "instructions");
    var id = Api.id(task);
    var started = api.start(id).ok();
    assertThat(started.get("status").asString()).isEqualTo("running");
    assertThat(names(started)).doesNotContain("agent", "prior_session_id");
    assertThat(
            api.post(
                    "/api/daemon/tasks/" + id + "/progress",
                    "{\"summary\":\"s\",\"step\":1,\"total\":2}")
                .text())
        .isEqualTo("{\"status\":\"ok\"}");
    assertThat(api.get("/api/daemon/tasks/" + id + "/status").text())
        .isEqualTo("{\"status\":\"running\"}");
    var done =
        api.post(
                "/api/daemon/tasks/" + id + "/complete",
                "{\"output\":\"All"
                    + " done\",\"branch_name\":\"x\",\"session_id\":\"sess-1\",\"work_dir\":\"/w\"}")
            .ok();
    assertThat(names(done.get("result")))
        .containsExactlyInAnyOrder("pr_url", "output", "session_id", "work_dir");
    assertThat(done.get("completed_at").isNull()).isFalse();
    var comments = api.get("/api/issues/" + issue + "/comments").ok();
    assertThat(comments.get(0).get("content").asString()).isEqualTo("All done");
    assertThat(comments.get(0).get("author_type").asString()).isEqualTo("agent");
    muster.feed().complete(muster, workspace);
    assertThat(muster.feed().story(workspace, id))
        .containsExactly(
            "task.queued", "task.assigned", "task.dispatched", "task.running", "task.completed");
  }

  @Test
  void aClaimCarriesTheAgentsSkillsAndTheirFiles() {
    var skill =
        api.post(
                "/api/skills?workspace_id=" + workspace,
                """
                {"name":"Concise Writing","content":"Be concise.","files":[{"path":"ref/b.md","content":"B"},
                 {"path":"ref/a.md","content":"A"}]}
                """)
            .ok();
    var bare =
        api.post("/api/skills?workspace_id=" + workspace, "{\"name\":\"Bare\",\"content\":\"x\"}")
            .ok();
    api.put(
            "/api/agents/" + agent + "/skills",
            "{\"skill_ids\":[\"%s\",\"%s\"]}".formatted(Api.id(skill), Api.id(bare)))
        .ok();
    api.newIssue(workspace, agent);

    var skills = api.claim(runtime).get("agent").get("skills");

    assertThat(skills.get(0).get("name").asString()).isEqualTo("Bare");
    assertThat(names(skills.get(0))).containsExactlyInAnyOrder("name", "content");
    assertThat(skills.get(1).get("files").get(0).get("path").asString()).isEqualTo("ref/a.md");
    assertThat(names(skills.get(1).get("files").get(1)))
        .containsExactlyInAnyOrder("path", "content");
  }

  @Test
  void theNextRunOfAnIssueOnTheSameRuntimeIsGivenTheSessionOfTheLast() {
    var issue = api.newIssue(workspace, agent);
    var first = Api.id(api.claim(runtime));
    api.start(first).ok();
    api.post(
            "/api/daemon/tasks/" + first + "/complete",
            "{\"output\":\"\",\"session_id\":\"s1\",\"work_dir\":\"/w\"}")
        .ok();
    api.person().post("/api/issues/" + issue + "/comments", "{\"content\":\"once more\"}").ok();

    var second = api.claim(runtime);

    assertThat(second.get("prior_session_id").asString()).isEqualTo("s1");
    assertThat(second.get("prior_work_dir").asString()).isEqualTo("/w");
  }

  @Test
  void reportsAreTakenOnceAndRepeatedWithoutEffect() {
    api.newIssue(workspace, agent);
    var id = Api.id(api.claim(runtime));
    api.start(id).ok();
    api.start(id).ok();
    api.complete(id, "done").ok();

    var again = api.complete(id, "other");
    var late = api.post("/api/daemon/tasks/" + id + "/fail", "{\"error\":\"no\"}");

    assertThat(again.ok().get("result").get("output").asString()).isEqualTo("done");
    assertThat(late.ok().get("status").asString()).isEqualTo("completed");
    assertThat(api.start(id).status()).isEqualTo(400);
    assertThat(api.start(id).json().get("error").asString())
        .isEqualTo("start task: no rows in result set");
    muster.feed().complete(muster, workspace);
    assertThat(muster.feed().story(workspace, id)).hasSize(5).endsWith("task.completed");
  }

  @Test
  void aClaimedTaskCanFailBeforeItWasStarted() {
    var issue = api.newIssue(workspace, agent);
    var id = Api.id(api.claim(runtime));

    var failed =
        api.post("/api/daemon/tasks/" + id + "/fail", "{\"error\":\"no agent configured\"}").ok();

    assertThat(failed.get("status").asString()).isEqualTo("failed");
    assertThat(failed.get("error").asString()).isEqualTo("no agent configured");
    assertThat(api.get("/api/issues/" + issue + "/comments").ok().get(0).get("type").asString())
        .isEqualTo("system");
  }

  @Test
  void nulsInAFinalReportAreReplacedAndTheTaskEnds() {
    api.newIssue(workspace, agent);
    var id = Api.id(api.claim(runtime));
    api.start(id).ok();

    var done = api.complete(id, "a\\u0000b\\ud800c").ok();

    assertThat(done.get("result").get("output").asString()).isEqualTo("a\uFFFDb\uFFFDc");
  }

  @Test
  void cancellingARunningTaskIsSeenByTheDaemonAndItsLateReportChangesNothing() {
    api.newIssue(workspace, agent);
    var id = Api.id(api.claim(runtime));
    api.start(id).ok();

    api.post("/api/tasks/" + id + "/cancel", "{}").ok();

    assertThat(api.status(id)).isEqualTo("cancelled");
    assertThat(api.complete(id, "late").ok().get("status").asString()).isEqualTo("cancelled");
    assertThat(api.get("/api/tasks/" + id).ok().get("completed_at").isNull()).isFalse();
    muster.feed().complete(muster, workspace);
    assertThat(muster.feed().story(workspace, id))
        .endsWith("task.running", "task.cancel_requested", "task.cancelled");
  }

  @Test
  void aDaemonThatRegistersAgainGivesUpWhatItRan() {
    api.newIssue(workspace, agent);
    var id = Api.id(api.claim(runtime));
    api.start(id).ok();

    assertThat(api.newRuntime(workspace, "dm1", "claude", 1)).isEqualTo(runtime);

    var again = api.claim(runtime, 20);
    assertThat(Api.id(again)).isEqualTo(id);
    assertThat(again.get("attempt").asInt()).isEqualTo(2);
    assertThat(again.get("claim_generation").asLong()).isEqualTo(2);
    var attempts = api.get("/api/tasks/" + id).ok().get("attempts");
    assertThat(attempts.get(0).get("failure_reason").asString()).isEqualTo("runtime_restarted");
    var stale = api.post("/api/daemon/tasks/" + id + "/start", "{}", "Claim-Generation", "1");
    assertThat(stale.status()).isEqualTo(409);
    assertThat(stale.json().get("current_generation").asLong()).isEqualTo(2);
    api.newRuntime(workspace, "dm1", "claude", 1);
    assertThat(api.status(id)).isEqualTo("failed");
    muster.feed().complete(muster, workspace);
  }

  @Test
  void aTaskWhoseClaimAnswerWasLostIsHandedOutAgainAfterAMinute() {
    api.newIssue(workspace, agent);
    var lost = api.claim(runtime);
    assertThat(api.claim(runtime).isNull()).isTrue();
    muster
        .db()
        .sql("UPDATE task SET delivered_at = delivered_at - interval '61 seconds' WHERE id = :id")
        .param("id", Api.id(lost))
        .update();

    var again = api.claim(runtime);

    assertThat(again.get("claim_generation").asInt()).isEqualTo(2);
    assertThat(((ObjectNode) again).without("claim_generation"))
        .isEqualTo(((ObjectNode) lost).without("claim_generation"));
    assertThat(api.claim(runtime).isNull()).isTrue();
    var slept =
        api.post(
            "/api/daemon/tasks/%s/start".formatted(Api.id(lost)), "{}", "Claim-Generation", "1");
    assertThat(slept.status()).isEqualTo(409);
  }

  @Test
  void deregisteringTakesTheRuntimeOfflineAndGivesItsTaskBack() {
    api.newIssue(workspace, agent);
    var id = Api.id(api.claim(runtime));
    api.start(id).ok();

    var answer =
        api.post(
            "/api/daemon/deregister", "{\"runtime_ids\":[\"%s\",\"nonsense\"]}".formatted(runtime));

    assertThat(answer.text()).isEqualTo("{\"status\":\"ok\"}");
    assertThat(
            api.get("/api/runtimes?workspace_id=" + workspace).ok().get(0).get("status").asString())
        .isEqualTo("offline");
    assertThat(api.status(id)).isEqualTo("queued");
    api.post("/api/daemon/heartbeat", "{\"runtime_id\":\"%s\"}".formatted(runtime)).ok();
    assertThat(
            api.get("/api/runtimes?workspace_id=" + workspace).ok().get(0).get("status").asString())
        .isEqualTo("online");
  }

  @Test
  void aPingIsHandedOutByTheHeartbeatAndItsAnswerIsShown() {
    var ping = api.post("/api/runtimes/" + runtime + "/ping", "{}").ok();
    assertThat(names(ping)).doesNotContain("output", "error", "duration_ms");

    var beat = api.post("/api/daemon/heartbeat", "{\"runtime_id\":\"%s\"}".formatted(runtime)).ok();

    var id = ping.get("id").asString();
    assertThat(beat.get("pending_ping").get("id").asString()).isEqualTo(id);
    api.post(
            "/api/daemon/runtimes/%s/ping/%s/result".formatted(runtime, id),
            "{\"status\":\"completed\",\"output\":\"pong\",\"error\":\"\",\"duration_ms\":12}")
        .ok();
    var shown = api.get("/api/runtimes/%s/ping/%s".formatted(runtime, id)).ok();
    assertThat(shown.get("status").asString()).isEqualTo("completed");
    assertThat(shown.get("output").asString()).isEqualTo("pong");
  }

  @Test
  void reportedUsageReplacesWhatWasReportedBefore() {
    var path = "/api/daemon/runtimes/" + runtime + "/usage";
    var today = java.time.LocalDate.now(java.time.ZoneOffset.UTC);
    api.post(
            path,
            "{\"entries\":[{\"date\":\"%s\",\"provider\":\"claude\",\"model\":\"m\",\"input_tokens\":5}]}"
                .formatted(today))
        .ok();

    api.post(
            path,
            """
            {"entries":[{"date":"%s","provider":"claude","model":"m","input_tokens":7,"output_tokens":1},{"date":"soon"}]}
            """
                .formatted(today))
        .ok();

    var usage = api.get("/api/runtimes/" + runtime + "/usage?days=2").ok();
    assertThat(usage).hasSize(1);
    assertThat(usage.get(0).get("input_tokens").asLong()).isEqualTo(7);
  }

  @Test
  void aRuntimeThatNobodyKnowsHasNoTasksAndNoHeartbeat() {
    assertThat(api.claim(UUID.randomUUID()).isNull()).isTrue();
    assertThat(api.post("/api/daemon/runtimes/nonsense/tasks/claim", "{}").text())
        .isEqualTo("{\"task\":null}");
    var beat =
        api.post("/api/daemon/heartbeat", "{\"runtime_id\":\"%s\"}".formatted(UUID.randomUUID()));
    assertThat(beat.status()).isEqualTo(404);
    assertThat(api.get("/api/daemon/tasks/%s/status".formatted(UUID.randomUUID())).status())
        .isEqualTo(404);
  }

  @Test
  void aParkedClaimIsAnsweredAsSoonAsThereIsWork() {
    var before = System.nanoTime();
    var waiting =
        java.util.concurrent.CompletableFuture.supplyAsync(
            () -> api.claim(runtime, 20),
            java.util.concurrent.Executors.newVirtualThreadPerTaskExecutor());

    var issue = api.newIssue(workspace, agent);

    assertThat(waiting.join().get("issue_id").asString()).isEqualTo(issue.toString());
    assertThat(System.nanoTime() - before).isLessThan(20_000_000_000L);
    await().untilAsserted(() -> assertThat(muster.feed().of(workspace)).isNotEmpty());
  }
}
