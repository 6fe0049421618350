package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.muster.standalone.demo.Agent;
import dev.muster.standalone.demo.DaemonObserver;
import dev.muster.standalone.demo.DaemonOptions;
import dev.muster.standalone.demo.SeedDaemon;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// The seed's daemon, simulated call by call, against a Muster that does not know it is one.
class SeedDaemonTest {
  private final TestMuster muster = TestMuster.get();
  private final Api api = muster.api();
  private final Recorder recorder = new Recorder();
  private UUID workspace = new UUID(0, 0);

  /// Keeps what was called and what was claimed.
  private static final class Recorder implements DaemonObserver {
    private final List<Call> calls = new CopyOnWriteArrayList<>();
    private final List<JsonNode> claimed = new CopyOnWriteArrayList<>();

    @Override
    public void called(Call call) {
      calls.add(call);
    }

    @Override
    public void claimed(JsonNode task) {
      claimed.add(task);
    }

    /// The calls about a task: verb, body and status.
    List<String> about(UUID task) {
      return calls.stream()
          .filter(call -> call.path().contains(task.toString()))
          .map(
              call -> call.path().replaceFirst(".*/", "") + " " + call.body() + " " + call.status())
          .toList();
    }
  }

  @BeforeEach
  void aWorkspace() {
    workspace = api.newWorkspace();
  }

  @AfterEach
  void theFeedHoldsItsGuarantees() {
    muster.feed().complete(muster, workspace);
  }

  private SeedDaemon daemon(Agent agent, UUID... workspaces) throws InterruptedException {
    var options =
        new DaemonOptions(
            URI.create(muster.url()),
            api.token(),
            Arrays.stream(workspaces).map(UUID::toString).toList(),
            new DaemonOptions.Machine(
                "dm-seed", "dev1", List.of(new DaemonOptions.Provider("claude", "2.1.0"))),
            new DaemonOptions.Pace(Duration.ofMillis(100), Duration.ofMillis(500)),
            List.of());
    return SeedDaemon.start(options, agent, recorder);
  }

  private UUID agentOf(SeedDaemon daemon, UUID in) {
    var runtime =
        daemon.runtimes().stream()
            .filter(r -> r.workspace().equals(in.toString()))
            .findFirst()
            .orElseThrow();
    return api.newAgent(in, UUID.fromString(runtime.id()), 1);
  }

  private UUID finished(UUID issue, UUID agent, String state) {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() ->
            tasks(agent).anyMatch(t -> isOf(t, issue) && t.get("status").asString().equals(state)));
    return Api.id(tasks(agent).filter(t -> isOf(t, issue)).findFirst().orElseThrow());
  }

  private Stream<JsonNode> tasks(UUID agent) {
    return api.get("/api/agents/" + agent + "/tasks").ok().valueStream();
  }

  private static boolean isOf(JsonNode task, UUID issue) {
    return task.get("issue_id").asString().equals(issue.toString());
  }

  @Test
  void aRunThatSucceedsIsCalledInExactlyThisOrder() throws InterruptedException {
    try (var daemon = daemon(_ -> new Agent.Success("All done", "sess-1", "/w/1"), workspace)) {
      var agent = agentOf(daemon, workspace);

      var task = finished(api.newIssue(workspace, agent), agent, "completed");

      assertThat(recorder.about(task))
          .containsExactly(
              "start {} 200",
              "progress {\"summary\":\"Launching claude\",\"step\":1,\"total\":2} 200",
              "progress {\"summary\":\"Finishing task\",\"step\":2,\"total\":2} 200",
              "status  200",
              "complete {\"output\":\"All done\",\"session_id\":\"sess-1\",\"work_dir\":\"/w/1\"}"
                  + " 200");
    }
  }

  @Test
  void whatAnAgentFailsWithIsReportedAndAnEmptyOutputToo() throws InterruptedException {
    Agent agentRun =
        task ->
            task.get("priority").asInt() == 0
                ? new Agent.Failure("something broke")
                : new Agent.EmptyOutput();
    try (var daemon = daemon(agentRun, workspace)) {
      var agent = agentOf(daemon, workspace);
      var urgent =
          "{\"title\":\"Empty\",\"agent_id\":\"%s\",\"priority\":\"urgent\"}".formatted(agent);

      var failed = finished(api.newIssue(workspace, agent), agent, "failed");
      var empty = Api.id(api.post("/api/tasks?workspace_id=" + workspace, urgent).ok());
      await().until(() -> api.status(empty).equals("failed"));

      assertThat(recorder.about(failed))
          .endsWith("status  200", "fail {\"error\":\"something broke\"} 200");
      assertThat(recorder.about(empty))
          .containsExactly(
              "start {} 200",
              "progress {\"summary\":\"Launching claude\",\"step\":1,\"total\":2} 200",
              "fail {\"error\":\"claude returned empty output\"} 200");
    }
  }

  @Test
  void aRunThatIsCancelledInTheMiddleIsDroppedAndTheNextOneIsRun() throws InterruptedException {
    var cancelled = new CountDownLatch(1);
    Agent agentRun =
        _ -> {
          cancelled.await();
          return new Agent.Success("done", "s", "/w");
        };
    try (var daemon = daemon(agentRun, workspace)) {
      var agent = agentOf(daemon, workspace);
      var task = finished(api.newIssue(workspace, agent), agent, "running");
      var next = api.newIssue(workspace, agent);

      api.post("/api/tasks/" + task + "/cancel", "{}").ok();
      cancelled.countDown();

      finished(next, agent, "completed");
      assertThat(recorder.about(task))
          .endsWith("status  200")
          .noneMatch(call -> call.startsWith("complete"));
      assertThat(api.status(task)).isEqualTo("cancelled");
    }
  }

  @Test
  void aSecondRunOnTheIssueIsGivenTheSessionOfTheFirst() throws InterruptedException {
    try (var daemon = daemon(_ -> new Agent.Success("ok", "sess-7", "/w/7"), workspace)) {
      var agent = agentOf(daemon, workspace);
      var issue = api.newIssue(workspace, agent);
      finished(issue, agent, "completed");

      api.person().post("/api/issues/" + issue + "/comments", "{\"content\":\"once more\"}").ok();

      await().until(() -> recorder.claimed.size() == 2);
      assertThat(recorder.claimed.get(0).has("prior_session_id")).isFalse();
      assertThat(recorder.claimed.get(1).get("prior_session_id").asString()).isEqualTo("sess-7");
      assertThat(recorder.claimed.get(1).get("prior_work_dir").asString()).isEqualTo("/w/7");
      await()
          .until(() ->
              tasks(agent).filter(t -> t.get("status").asString().equals("completed")).count()
                  == 2);
    }
  }

  @Test
  void oneDaemonServesTwoWorkspacesThatKnowNothingOfEachOther() throws InterruptedException {
    var other = api.newWorkspace();
    try (var daemon = daemon(_ -> new Agent.Success("ok", "s", "/w"), workspace, other)) {
      var here = agentOf(daemon, workspace);
      var there = agentOf(daemon, other);

      finished(api.newIssue(workspace, here), here, "completed");
      finished(api.newIssue(other, there), there, "completed");

      assertThat(tasks(here)).hasSize(1);
      assertThat(tasks(there)).hasSize(1);
    }
    muster.feed().complete(muster, other);
  }

  @Test
  void aDaemonThatDiesInTheMiddleAndComesBackRunsTheTaskAgain() throws InterruptedException {
    var never = new CountDownLatch(1);
    var first =
        daemon(
            _ -> {
              never.await();
              return new Agent.EmptyOutput();
            },
            workspace);
    var agent = agentOf(first, workspace);
    var issue = api.newIssue(workspace, agent);
    var task = finished(issue, agent, "running");
    first.kill();

    try (var second = daemon(_ -> new Agent.Success("second time", "s", "/w"), workspace)) {
      assertThat(second.runtimes()).isEqualTo(first.runtimes());
      finished(issue, agent, "completed");
    }

    var attempts = api.get("/api/tasks/" + task).ok().get("attempts");
    assertThat(attempts).hasSize(2);
    assertThat(attempts.get(0).get("failure_reason").asString()).isEqualTo("runtime_restarted");
    muster.feed().complete(muster, workspace);
    assertThat(muster.feed().story(workspace, task))
        .containsSubsequence(
            "task.running", "task.requeued", "task.dispatched", "task.running", "task.completed");
  }

  @Test
  void aDaemonThatIsStoppedGivesItsTaskBackAndGoesOffline() throws InterruptedException {
    var never = new CountDownLatch(1);
    var daemon =
        daemon(
            _ -> {
              never.await();
              return new Agent.EmptyOutput();
            },
            workspace);
    var agent = agentOf(daemon, workspace);
    var task = finished(api.newIssue(workspace, agent), agent, "running");

    daemon.close();

    assertThat(api.status(task)).isEqualTo("queued");
    assertThat(
            api.get("/api/runtimes?workspace_id=" + workspace).ok().get(0).get("status").asString())
        .isEqualTo("offline");
  }
}
