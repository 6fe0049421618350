package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The socket, as a dashboard sees it.
class NotifierTest {
  private final TestMuster muster = TestMuster.get();
  private final Api api = muster.api();
  private UUID workspace = new UUID(0, 0);

  @BeforeEach
  void aWorkspace() {
    workspace = api.newWorkspace();
  }

  private Dashboard watch(UUID watched) {
    return Dashboard.watch(api, watched, "");
  }

  @Test
  void aTasksLifeArrivesAsTheSeedsFramesInOrder() {
    var dashboard = watch(workspace);
    var runtime = api.newRuntime(workspace, "dm1", "claude", 1);
    var agent = api.newAgent(workspace, runtime, 1);

    var issue = api.newIssue(workspace, agent);
    var task = Api.id(api.claim(runtime));
    api.start(task).ok();
    api.post(
            "/api/daemon/tasks/" + task + "/progress",
            "{\"summary\":\"Reading\",\"step\":1,\"total\":2}")
        .ok();
    dashboard.first("task:progress");
    // The status is what it is when its frame is made, so not before that is the task ended.
    await().untilAsserted(() -> assertThat(statuses(dashboard)).endsWith("working"));
    api.complete(task, "All done").ok();

    dashboard.first("task:completed");
    assertThat(dashboard.types())
        .containsSubsequence(
            "daemon:register",
            "agent:created",
            "issue:created",
            "task:dispatch",
            "comment:created",
            "task:completed");
    assertThat(dashboard.first("issue:created").get("payload").get("issue").get("id").asString())
        .isEqualTo(issue.toString());
    var dispatch = dashboard.first("task:dispatch").get("payload");
    assertThat(dispatch.get("task_id").asString()).isEqualTo(task.toString());
    assertThat(dispatch.get("runtime_id").asString()).isEqualTo(runtime.toString());
    assertThat(dashboard.first("task:progress").get("payload").get("summary").asString())
        .isEqualTo("Reading");
    assertThat(dashboard.first("task:completed").get("payload").get("issue_id").asString())
        .isEqualTo(issue.toString());
    assertThat(
            dashboard
                .first("daemon:register")
                .get("payload")
                .get("runtimes")
                .get(0)
                .get("id")
                .asString())
        .isEqualTo(runtime.toString());
    await().untilAsserted(() -> assertThat(statuses(dashboard)).endsWith("working", "idle"));
    assertThat(dashboard.positions()).isSorted().doesNotHaveDuplicates();
  }

  private static List<String> statuses(Dashboard dashboard) {
    return dashboard.frames().stream()
        .filter(frame -> frame.get("type").asString().equals("agent:status"))
        .map(frame -> frame.get("payload").get("agent").get("status").asString())
        .toList();
  }

  @Test
  void theTokenMayComeAsTheFirstMessage() {
    var dashboard = Dashboard.knock(api, workspace, "");

    dashboard.authenticate(api.token());

    dashboard.first("auth_ack");
    api.newRuntime(workspace, "dm1", "claude", 1);
    dashboard.first("daemon:register");
  }

  @Test
  void aWrongFirstMessageClosesTheSocketBeforeAnythingIsSent() {
    var dashboard = Dashboard.knock(api, workspace, "");

    dashboard.authenticate("mul_nonsense");

    assertThat(dashboard.closeCode()).isEqualTo(1008);
    assertThat(dashboard.types()).doesNotContain("auth_ack");
  }

  @Test
  void nothingOfAnotherWorkspaceIsSent() {
    var other = api.newWorkspace();
    var here = watch(workspace);
    var there = watch(other);

    api.newRuntime(other, "dm1", "claude", 1);
    there.first("daemon:register");
    api.newRuntime(workspace, "dm2", "claude", 1);
    here.first("daemon:register");

    assertThat(here.frames())
        .allSatisfy(frame -> assertThat(frame.toString()).doesNotContain(other.toString()));
  }

  @Test
  void theHandshakeRefusesAsTheSeedDoes() {
    assertThat(api.get("/ws").status()).isEqualTo(401);
    assertThat(api.get("/ws").json().get("error").asString())
        .isEqualTo("token and workspace_id required");
    var bad = api.as("").get("/ws?workspace_id=" + workspace + "&token=mul_nonsense");
    assertThat(bad.status()).isEqualTo(401);
    assertThat(bad.json().get("error").asString()).isEqualTo("invalid token");
    var foreign = api.as("").get("/ws?workspace_id=" + UUID.randomUUID() + "&token=" + api.token());
    assertThat(foreign.status()).isEqualTo(403);
    assertThat(foreign.json().get("error").asString()).isEqualTo("not a member of this workspace");
  }

  @Test
  void aRevokedTokenClosesItsSocket() {
    var token = api.post("/api/tokens", "{\"name\":\"soon gone\"}").ok();
    var dashboard = Dashboard.watch(api.as(token.get("token").asString()), workspace, "");

    api.delete("/api/tokens/" + token.get("id").asString());

    assertThat(dashboard.closeCode()).isEqualTo(4001);
  }
}
