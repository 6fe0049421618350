package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/// A runtime can be removed, and nothing that hangs on it is lost by that.
class RuntimeRemovalTest {
  private static final Duration AT_MOST = Duration.ofSeconds(60);

  private final TestWorkspace at = TestWorkspace.make();
  private final Api api = at.api();

  private List<UUID> runtimes() {
    var list = api.get("/api/runtimes?workspace_id=" + at.id()).ok();
    return StreamSupport.stream(list.spliterator(), false).map(Api::id).toList();
  }

  @Test
  void aRuntimeOnWhichNothingHangsIsRemovedAndTheFeedSaysSo() {
    var gone = api.newRuntime(at.id(), "gone", "claude", 1);
    var stays = api.newRuntime(at.id(), "stays", "claude", 1);

    assertThat(api.delete("/api/runtimes/" + gone).status()).isEqualTo(204);

    assertThat(runtimes()).containsExactly(stays);
    assertThat(api.delete("/api/runtimes/" + gone).status()).isEqualTo(404);
    assertThat(api.post("/api/runtimes/" + gone + "/pause", "{}").status()).isEqualTo(404);
    await().atMost(AT_MOST).until(() -> at.count("runtime.deleted") == 1);
  }

  @Test
  void whatHangsOnItIsSaidAndNothingIsRemoved() {
    var runtime = api.newRuntime(at.id(), "dm", "claude", 1);
    var agent = at.newAgent(runtime, "");
    at.newTask(agent, "");

    var refused = api.delete("/api/runtimes/" + runtime);

    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.json().get("code").asString()).isEqualTo("runtime_has_active_agents");
    assertThat(Api.id(refused.json().get("active_agents").get(0))).isEqualTo(agent);
    assertThat(refused.json().get("queued_tasks").asInt()).isEqualTo(1);
    assertThat(runtimes()).containsExactly(runtime);
  }

  @Test
  void agentsAndWhatWaitsGoWhereTheyAreToldTo() {
    var old = api.newRuntime(at.id(), "old", "claude", 1);
    var agent = at.newAgent(old, "");
    var waits = at.newTask(agent, "");
    var later = at.newTask(agent, ",\"run_after\":\"2027-01-01T00:00:00Z\"");
    var heir = api.newRuntime(at.id(), "heir", "claude", 1);

    assertThat(api.delete("/api/runtimes/" + old + "?move_to=" + heir).status()).isEqualTo(204);

    assertThat(runtimes()).containsExactly(heir);
    assertThat(api.get("/api/agents/" + agent).ok().get("runtime_id").asString())
        .isEqualTo(heir.toString());
    assertThat(at.task(later).get("runtime_id").asString()).isEqualTo(heir.toString());
    assertThat(Api.id(api.claim(heir, 20))).isEqualTo(waits);
  }

  @Test
  void whatItHasInHandKeepsItWhereverTheRestIsToGo() {
    var runtime = api.newRuntime(at.id(), "dm", "claude", 1);
    var heir = api.newRuntime(at.id(), "heir", "claude", 1);
    at.newTask(at.newAgent(runtime, ""), "");
    assertThat(api.claim(runtime, 20).isNull()).isFalse();

    var refused = api.delete("/api/runtimes/" + runtime + "?move_to=" + heir);

    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.json().get("active_tasks").asInt()).isEqualTo(1);
  }

  @Test
  void aRuntimeOfAnotherWorkspaceIsNoHeir() {
    var runtime = api.newRuntime(at.id(), "dm", "claude", 1);
    at.newAgent(runtime, "");
    var foreign = api.newRuntime(api.newWorkspace(), "dm", "claude", 1);

    var refused = api.delete("/api/runtimes/" + runtime + "?move_to=" + foreign);

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.json().get("field").asString()).isEqualTo("move_to");
    assertThat(api.delete("/api/runtimes/" + runtime + "?moveto=" + foreign).status())
        .isEqualTo(400);
    assertThat(runtimes()).containsExactly(runtime);
  }

  @Test
  void aRuntimeThatHasBeenOfflineForAWeekGoesByItselfUnlessSomethingHangsOnIt() {
    var empty = api.newRuntime(at.id(), "empty", "claude", 1);
    var named = api.newRuntime(at.id(), "named", "claude", 1);
    var young = api.newRuntime(at.id(), "young", "claude", 1);
    at.newAgent(named, "");
    api.post(
            "/api/daemon/deregister",
            "{\"runtime_ids\":[\"%s\",\"%s\",\"%s\"]}".formatted(empty, named, young))
        .ok();
    for (var table : List.of("runtime SET updated_at", "runtime_liveness SET last_seen_at")) {
      at.db()
          .sql(
              "UPDATE %s = now() - interval '8 days' WHERE %s = ANY (:old)"
                  .formatted(table, table.startsWith("runtime_") ? "runtime_id" : "id"))
          .param("old", new UUID[] {empty, named})
          .update();
    }

    await().atMost(AT_MOST).until(() -> !runtimes().contains(empty));

    assertThat(runtimes()).containsExactly(named, young);
    await().atMost(AT_MOST).until(() -> at.count("runtime.deleted") == 1);
  }
}
