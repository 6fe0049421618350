package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The socket, as a dashboard sees it.
class NotifierTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final TestMuster muster = TestMuster.get();
  private final Api api = muster.api();
  private UUID workspace = new UUID(0, 0);

  @BeforeEach
  void aWorkspace() {
    workspace = api.newWorkspace();
  }

  /// A dashboard that keeps the frames it is sent.
  private static final class Dashboard implements WebSocket.Listener {
    private final List<JsonNode> frames = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final StringBuilder part = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      part.append(data);
      if (last) {
        frames.add(JSON.readTree(part.toString()));
        part.setLength(0);
      }
      socket.request(1);
      return CompletableFuture.completedStage(null);
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      closed.complete(code);
      return CompletableFuture.completedStage(null);
    }

    List<String> types() {
      return frames.stream().map(frame -> frame.get("type").asString()).toList();
    }

    JsonNode first(String type) {
      await().untilAsserted(() -> assertThat(types()).contains(type));
      return frames.stream()
          .filter(frame -> frame.get("type").asString().equals(type))
          .findFirst()
          .orElseThrow();
    }
  }

  private WebSocket connect(Dashboard dashboard, String query) {
    var uri = URI.create(muster.url().replace("http://", "ws://") + "/ws?" + query);
    return HTTP.newWebSocketBuilder().buildAsync(uri, dashboard).join();
  }

  private Dashboard watch(UUID watched) {
    var dashboard = new Dashboard();
    connect(dashboard, "workspace_id=" + watched + "&token=" + api.token());
    return dashboard;
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
    assertThat(positions(dashboard)).isSorted().doesNotHaveDuplicates();
  }

  private static List<String> statuses(Dashboard dashboard) {
    return dashboard.frames.stream()
        .filter(frame -> frame.get("type").asString().equals("agent:status"))
        .map(frame -> frame.get("payload").get("agent").get("status").asString())
        .toList();
  }

  private static List<Long> positions(Dashboard dashboard) {
    return dashboard.frames.stream()
        .filter(frame -> frame.has("cursor"))
        .map(frame -> Long.valueOf(frame.get("cursor").asString().replaceFirst(".*:", "")))
        .toList();
  }

  @Test
  void theTokenMayComeAsTheFirstMessage() {
    var dashboard = new Dashboard();
    var socket = connect(dashboard, "workspace_id=" + workspace);

    socket
        .sendText("{\"type\":\"auth\",\"payload\":{\"token\":\"%s\"}}".formatted(api.token()), true)
        .join();

    dashboard.first("auth_ack");
    api.newRuntime(workspace, "dm1", "claude", 1);
    dashboard.first("daemon:register");
  }

  @Test
  void aWrongFirstMessageClosesTheSocketBeforeAnythingIsSent() {
    var dashboard = new Dashboard();
    var socket = connect(dashboard, "workspace_id=" + workspace);

    socket.sendText("{\"type\":\"auth\",\"payload\":{\"token\":\"mul_nonsense\"}}", true).join();

    assertThat(dashboard.closed.join()).isEqualTo(1008);
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

    assertThat(here.frames)
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
    var dashboard = new Dashboard();
    connect(dashboard, "workspace_id=" + workspace + "&token=" + token.get("token").asString());

    api.delete("/api/tokens/" + token.get("id").asString());

    assertThat(dashboard.closed.orTimeout(15, java.util.concurrent.TimeUnit.SECONDS).join())
        .isEqualTo(1008);
  }
}
