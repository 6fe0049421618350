package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Where a dashboard begins.
class SnapshotTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final TestWorkspace at = TestWorkspace.make();

  private JsonNode snapshot() {
    return at.api().get("/api/workspaces/" + at.id() + "/snapshot").ok();
  }

  private static long position(JsonNode snapshot) {
    return Long.parseLong(snapshot.get("cursor").asString().replaceFirst(".*:", ""));
  }

  @Test
  void itShowsWhatTheListsShowAndCountsWhatHasEnded() {
    var runtime = at.api().newRuntime(at.id(), "dm1", "claude", 2);
    var agent = at.newAgent(runtime, ",\"max_concurrent_tasks\":2");
    var done = at.newTask(agent, "");
    at.api().claim(runtime);
    at.api().start(done).ok();
    at.api().complete(done, "ok").ok();
    var cancelled = at.newTask(agent, "");
    at.api().post("/api/tasks/" + cancelled + "/cancel", "{}").ok();
    var running = at.newTask(agent, "");
    at.api().claim(runtime);
    at.api().start(running).ok();
    var waiting = at.newTask(agent, "");
    at.muster().feed().complete(at.muster(), at.id());

    var snapshot = snapshot();

    var here = "?workspace_id=" + at.id();
    assertThat(inSeconds(snapshot.get("runtimes")))
        .isEqualTo(at.api().get("/api/runtimes" + here).ok());
    assertThat(inSeconds(snapshot.get("agents")))
        .isEqualTo(at.api().get("/api/agents" + here).ok());
    assertThat(ids(snapshot.get("tasks"))).containsExactly(waiting, running);
    assertThat(snapshot.get("tasks").get(0))
        .isEqualTo(at.api().get("/api/tasks" + here + "&status=queued").ok().get("tasks").get(0));
    assertThat(snapshot.get("counts").toString())
        .isEqualTo(
            "{\"queued\":1,\"dispatched\":0,\"running\":1,\"completed\":1,\"failed\":0,\"cancelled\":1}");
    assertThat(snapshot.get("tasks_left_out").asInt()).isZero();
    var events = at.api().get("/api/workspaces/" + at.id() + "/events").ok();
    assertThat(snapshot.get("cursor").asString())
        .isEqualTo(events.get("epoch").asString() + ":" + events.get("head"));
  }

  /// As Multica's clients are told instants.
  private static JsonNode inSeconds(JsonNode json) {
    return JSON.readTree(json.toString().replaceAll("(:\\d\\d)\\.\\d{6}Z\"", "$1Z\""));
  }

  private static List<UUID> ids(JsonNode tasks) {
    return tasks.valueStream().map(Api::id).toList();
  }

  @Test
  void withTheEventsBehindItsCursorItLeadsToTheSameAsEveryOther() {
    var runtime = at.api().newRuntime(at.id(), "dm1", "claude", 50);
    var agent = at.newAgent(runtime, ",\"max_concurrent_tasks\":50");
    var isOver = new AtomicBoolean();
    var worker =
        Thread.ofVirtual()
            .start(() -> {
              for (var i = 0; i < 60; i++) {
                at.newTask(agent, "");
                var task = at.api().claim(runtime);
                if (i % 3 > 0 && !task.isNull()) {
                  at.api().start(Api.id(task)).ok();
                }
                if (i % 3 > 1 && !task.isNull()) {
                  at.api().complete(Api.id(task), "ok").ok();
                }
              }
              isOver.set(true);
            });
    var snapshots = new ArrayList<JsonNode>();
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> {
          snapshots.add(snapshot());
          return isOver.get();
        });
    assertThat(worker.isAlive()).isFalse();
    at.muster().feed().complete(at.muster(), at.id());
    var end = snapshot();

    for (var snapshot : snapshots) {
      assertThat(followed(snapshot)).as("from %s", snapshot.get("cursor")).isEqualTo(open(end));
    }
  }

  /// The open tasks of a snapshot after what came later.
  private Map<String, String> followed(JsonNode snapshot) {
    var tasks = open(snapshot);
    for (var event : at.muster().feed().of(at.id())) {
      if (event.position() > position(snapshot) && event.isTask()) {
        var status = JSON.readTree(event.data()).get("status").asString();
        if (List.of("completed", "failed", "cancelled").contains(status)) {
          tasks.remove(event.subject().toString());
        } else {
          tasks.put(event.subject().toString(), status);
        }
      }
    }
    return tasks;
  }

  private static Map<String, String> open(JsonNode snapshot) {
    var tasks = new HashMap<String, String>();
    for (var task : snapshot.get("tasks")) {
      tasks.put(task.get("id").asString(), task.get("status").asString());
    }
    return tasks;
  }

  @Test
  void somebodyElsesWorkspaceHasNone() {
    var stranger = new Users(at.muster()).newApi();

    assertThat(stranger.get("/api/workspaces/" + at.id() + "/snapshot").status()).isEqualTo(404);
    assertThat(at.api().get("/api/workspaces/x/snapshot").status()).isEqualTo(400);
  }
}
