package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Which task comes first, and why one waits.
class OrderTest {
  private TestWorkspace at = TestWorkspace.make();
  private UUID runtime = new UUID(0, 0);

  @BeforeEach
  void aWorkspaceWithARuntime() {
    at = TestWorkspace.make();
    runtime = at.api().newRuntime(at.id(), "dm1", "claude", 100);
  }

  @AfterEach
  void theFeedHoldsItsGuarantees() {
    at.muster().feed().complete(at.muster(), at.id());
  }

  private List<UUID> claimAll() {
    var claimed = new ArrayList<UUID>();
    for (var task = at.api().claim(runtime); !task.isNull(); task = at.api().claim(runtime)) {
      claimed.add(Api.id(task));
    }
    return claimed;
  }

  /// As if the task had been created so long ago.
  private void age(UUID task, String interval) {
    at.db()
        .sql(
            "UPDATE task SET rank_at = rank_at - :interval::interval, created_at = created_at -"
                + " :interval::interval WHERE id = :id")
        .param("interval", interval)
        .param("id", task)
        .update();
  }

  @Test
  void theMoreUrgentComesFirstUntilTheOtherHasWaitedFortyMinutesLonger() {
    var agent = at.newAgent(runtime, ",\"max_concurrent_tasks\":100");
    var old = at.newTask(agent, "");
    var low = at.newTask(agent, "");
    var urgent = at.newTask(agent, ",\"priority\":\"urgent\"");
    var high = at.newTask(agent, ",\"priority\":\"high\"");
    age(old, "41 minutes");

    assertThat(claimAll()).containsExactly(old, urgent, high, low);
  }

  @Test
  void agentsTakeTurnsSoThatNoneWaitsForAnothersBacklog() {
    var busy = at.newAgent(runtime, ",\"max_concurrent_tasks\":100");
    var quiet = at.newAgent(runtime, ",\"max_concurrent_tasks\":100");
    var backlog = new ArrayList<UUID>();
    for (var i = 0; i < 6; i++) {
      backlog.add(at.newTask(busy, ""));
    }
    var first = at.newTask(quiet, "");
    var second = at.newTask(quiet, "");

    var claimed = claimAll();

    assertThat(claimed.indexOf(first)).isLessThanOrEqualTo(2);
    assertThat(claimed.indexOf(second)).isLessThanOrEqualTo(4);
    assertThat(claimed.stream().filter(backlog::contains)).containsExactlyElementsOf(backlog);
  }

  @Test
  void ofTheTasksWithOneKeyOneRunsAtATime() {
    var one = at.newAgent(runtime, ",\"max_concurrent_tasks\":100");
    var other = at.newAgent(runtime, ",\"max_concurrent_tasks\":100");
    var first = at.newTask(one, ",\"concurrency_key\":\"deploy\"");
    var second = at.newTask(other, ",\"concurrency_key\":\"deploy\"");
    var third = at.newTask(one, ",\"concurrency_key\":\"deploy\"");

    assertThat(claimAll()).containsExactly(first);
    assertThat(at.waiting(second)).isEqualTo("key_busy");
    at.api().start(first).ok();
    at.api().complete(first, "x").ok();
    assertThat(Api.id(at.api().claim(runtime, 20))).isIn(second, third);
    assertThat(at.api().claim(runtime).isNull()).isTrue();
  }

  @Test
  void anAgentWithARateIsGivenABurstAndThenWaits() {
    var agent = at.newAgent(runtime, ",\"max_concurrent_tasks\":100,\"rate_per_minute\":2");
    at.newTask(agent, "");
    at.newTask(agent, "");
    var third = at.newTask(agent, "");

    assertThat(claimAll()).hasSize(2);
    assertThat(at.waiting(third)).isEqualTo("rate_limited");
    at.db()
        .sql(
            "UPDATE agent_pace SET next_at = next_at - interval '30 seconds' WHERE agent_id ="
                + " :agent")
        .param("agent", agent)
        .update();
    assertThat(claimAll()).containsExactly(third);
  }

  @Test
  void aTaskForLaterIsNotBegunBeforeItsTime() {
    var agent = at.newAgent(runtime, "");
    var later =
        at.newTask(agent, ",\"run_after\":\"%s\"".formatted(Instant.now().plusSeconds(3_600)));

    assertThat(at.api().claim(runtime).isNull()).isTrue();
    assertThat(at.waiting(later)).isEqualTo("scheduled");
    assertThat(at.pass(later, "ready")).isTrue();

    assertThat(Api.id(at.api().claim(runtime, 20))).isEqualTo(later);
    assertThat(at.story(later))
        .startsWith("task.queued", "task.ready", "task.assigned", "task.dispatched");
  }

  @Test
  void aTaskThatWaitsForTooLongExpires() {
    var task = at.newTask(at.newAgent(runtime, ""), "");
    at.db()
        .sql(
            "UPDATE task SET expires_at = now(), deadline_at = now() - interval '1 second',"
                + " deadline_reason = 'expired' WHERE id = :id")
        .param("id", task)
        .update();

    await().atMost(Duration.ofSeconds(20)).until(() -> at.api().status(task).equals("failed"));
    assertThat(at.task(task).get("failure_reason").asString()).isEqualTo("expired");
  }

  @Test
  void eachReasonToWaitHasItsWord() {
    var full = at.newAgent(runtime, "");
    var sameIssue = at.api().newIssue(at.id(), full);
    assertThat(at.api().claim(runtime, 20).isNull()).isFalse();
    at.api()
        .person()
        .post("/api/issues/%s/comments".formatted(sameIssue), "{\"content\":\"And this?\"}")
        .ok();
    var tasks =
        at.api().get("/api/tasks?workspace_id=" + at.id() + "&status=queued").ok().get("tasks");
    var none = at.newTask("{\"title\":\"x\",\"provider\":\"nowhere\"}");
    var offline = at.api().newRuntime(at.id(), "dm2", "codex", 1);
    at.api().post("/api/daemon/deregister", "{\"runtime_ids\":[\"%s\"]}".formatted(offline)).ok();
    var away = at.newTask("{\"title\":\"x\",\"provider\":\"codex\"}");
    var paused = at.newAgent(runtime, "");
    at.api().post("/api/agents/%s/pause".formatted(paused), "{}").ok();
    var pausedTask = at.newTask(paused, "");

    assertThat(tasks).isEmpty();
    assertThat(at.waiting(at.newTask(full, ""))).isEqualTo("agent_full");
    assertThat(at.waiting(none)).isEqualTo("no_runtime_fits");
    assertThat(at.waiting(away)).isEqualTo("all_offline");
    assertThat(at.waiting(pausedTask)).isEqualTo("agent_paused");
    var counts = at.api().get("/api/tasks/waiting?workspace_id=" + at.id()).ok();
    assertThat(counts.get("agent_full").asInt()).isEqualTo(1);
    assertThat(counts.get("no_runtime_fits").asInt()).isEqualTo(1);
    at.api().post("/api/agents/%s/resume".formatted(paused), "{}").ok();
    assertThat(Api.id(at.api().claim(runtime, 20))).isEqualTo(pausedTask);
  }

  @Test
  void aCommentThatComesWhileATaskWaitsIsAnsweredByIt() {
    var agent = at.newAgent(runtime, "");
    var issue = at.api().newIssue(at.id(), agent);
    var comment =
        Api.id(
            at.api()
                .post(
                    "/api/issues/%s/comments".formatted(issue), "{\"content\":\"One more thing\"}")
                .ok());

    var task = at.api().claim(runtime, 20);

    assertThat(TestWorkspace.texts(task.get("comment_ids"))).containsExactly(comment.toString());
    at.api().start(Api.id(task)).ok();
    at.api()
        .person()
        .post("/api/issues/%s/comments".formatted(issue), "{\"content\":\"And another\"}")
        .ok();
    var queued =
        at.api().get("/api/tasks?workspace_id=" + at.id() + "&status=queued").ok().get("tasks");
    assertThat(queued).hasSize(1);
    assertThat(at.waiting(Api.id(queued.get(0)))).isEqualTo("issue_busy");
  }

  @Test
  void aRuntimeThatDrainsGetsNothingAndGivesBackWhatOthersCanDo() {
    var task = at.newTask("{\"title\":\"x\",\"provider\":\"claude\"}");
    await().atMost(Duration.ofSeconds(20)).until(() -> !at.task(task).get("runtime_id").isNull());

    var drained = at.api().post("/api/daemon/runtimes/%s/drain".formatted(runtime), "{}").ok();

    assertThat(drained.get("intake").asString()).isEqualTo("draining");
    assertThat(at.api().claim(runtime).isNull()).isTrue();
    await().atMost(Duration.ofSeconds(20)).until(() -> at.waiting(task).equals("runtime_paused"));
    var other = at.api().newRuntime(at.id(), "dm2", "claude", 1);
    assertThat(Api.id(at.api().claim(other, 20))).isEqualTo(task);
    var agent = at.newAgent(runtime, "");
    at.api().post("/api/agents/%s/drain".formatted(agent), "{}").ok();
    var refused =
        at.api()
            .post(
                "/api/tasks?workspace_id=" + at.id(),
                "{\"title\":\"x\",\"agent_id\":\"%s\"}".formatted(agent));
    assertThat(refused.status()).isEqualTo(409);
  }

  @Test
  void aRuntimeThatOnlySendsHeartbeatsIsDeafUntilItClaims() {
    var task = at.newTask(at.newAgent(runtime, ""), "");
    await().atMost(Duration.ofSeconds(20)).until(() -> !at.task(task).get("assigned_at").isNull());
    at.db()
        .sql("UPDATE task SET assigned_at = now() - interval '1 minute' WHERE id = :id")
        .param("id", task)
        .update();
    await()
        .pollDelay(Duration.ofMillis(1_500))
        .until(() ->
            at.db()
                    .sql(
                        "UPDATE runtime_liveness SET last_claim_at = now() - interval '1 minute'"
                            + " WHERE runtime_id = :id")
                    .param("id", runtime)
                    .update()
                == 1);

    await().atMost(Duration.ofSeconds(20)).until(() -> at.waiting(task).equals("runtime_deaf"));
    await().atMost(Duration.ofSeconds(20)).until(() -> at.count("runtime.deaf") == 1);
    at.heartbeat(runtime, "").ok();
    assertThat(at.waiting(task)).isEqualTo("runtime_deaf");

    assertThat(Api.id(at.api().claim(runtime))).isEqualTo(task);
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() ->
            !at.api()
                .get("/api/runtimes?workspace_id=" + at.id())
                .ok()
                .get(0)
                .get("deaf")
                .asBoolean());
  }
}
