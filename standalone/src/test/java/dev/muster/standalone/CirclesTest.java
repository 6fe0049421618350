package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// Work does not go in circles: what cannot begin stays where it is, and what is given back again
/// and again waits longer each time.
class CirclesTest {
  private static final Duration AT_MOST = Duration.ofSeconds(60);

  private final TestWorkspace at = TestWorkspace.make();
  private final Api api = at.api();

  private void awaitAssigned(UUID task) {
    await().atMost(AT_MOST).until(() -> !at.task(task).get("assigned_at").isNull());
  }

  /// Its 30 s are over, and the sweeper has looked.
  private void passAssigned(UUID task) {
    assertThat(at.pass(task, "assigned")).isTrue();
    await()
        .atMost(AT_MOST)
        .until(() ->
            at.db()
                .sql("SELECT deadline_at IS NULL OR deadline_at > now() FROM task WHERE id = :id")
                .param("id", task)
                .query(Boolean.class)
                .single());
  }

  @Test
  void theOneTaskAheadOfABusyRuntimeStaysThereUntilAnotherHasRoom() {
    var busy = api.newRuntime(at.id(), "busy", "claude", 1);
    var running = at.newTask("{\"title\":\"a\",\"provider\":\"claude\"}");
    assertThat(Api.id(api.claim(busy, 20))).isEqualTo(running);
    var ahead = at.newTask("{\"title\":\"b\",\"provider\":\"claude\"}");
    awaitAssigned(ahead);

    passAssigned(ahead);
    passAssigned(ahead);

    assertThat(at.story(ahead)).containsExactly("task.queued", "task.assigned");
    var free = api.newRuntime(at.id(), "free", "claude", 1);
    assertThat(at.pass(ahead, "assigned")).isTrue();
    assertThat(Api.id(api.claim(free, 25))).isEqualTo(ahead);
  }

  @Test
  void aTaskWhoseAgentIsPausedIsNotCarriedAround() {
    api.newRuntime(at.id(), "dm", "claude", 2);
    var agent =
        Api.id(
            api.post(
                    "/api/agents?workspace_id=" + at.id(),
                    "{\"name\":\"a\",\"provider\":\"claude\"}")
                .ok());
    var task = at.newTask(agent, "");
    awaitAssigned(task);
    api.post("/api/agents/" + agent + "/pause", "{}").ok();

    passAssigned(task);

    assertThat(at.story(task)).containsExactly("task.queued", "task.assigned");
  }

  @Test
  void aTaskThatIsGivenBackTwiceWaitsAndSaysWhy() {
    var runtime = api.newRuntime(at.id(), "dm", "claude", 1);
    var task = at.newTask(at.newAgent(runtime, ""), "");
    for (var generation = 1; generation <= 2; generation++) {
      assertThat(Api.id(api.claim(runtime, 20))).isEqualTo(task);
      at.write(task, "release", generation, "{}").ok();
    }

    var waiting = at.task(task);

    assertThat(waiting.get("attempt").asInt()).isEqualTo(1);
    assertThat(waiting.get("run_after").isNull()).isFalse();
    assertThat(waiting.get("waiting").get("reason").asString()).isEqualTo("backoff");
    assertThat(waiting.get("failure_reason").asString()).isEqualTo("released");
    assertThat(Api.id(api.claim(runtime, 20))).isEqualTo(task);
  }
}
