package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// How long runs may be: by their tasks, by their agents, and without a sign of them.
class IdleRunsTest {
  private TestWorkspace at = TestWorkspace.make();
  private UUID runtime = new UUID(0, 0);

  @BeforeEach
  void aWorkspaceWithARuntime() {
    at = TestWorkspace.make();
    runtime = at.api().newRuntime(at.id(), "dm1", "claude", 4);
  }

  @AfterEach
  void theFeedHoldsItsGuarantees() {
    at.muster().feed().complete(at.muster(), at.id());
  }

  private UUID running(String ofAgent, String ofTask) {
    var agent = at.newAgent(runtime, ofAgent);
    var task = at.newTask(agent, ofTask);
    assertThat(Api.id(at.api().claim(runtime, 20))).isEqualTo(task);
    at.api().start(task).ok();
    return task;
  }

  /// A minute and more ago for all that was said of the task.
  private void longAgo(UUID task) {
    for (var change :
        new String[] {
          "UPDATE task SET started_at = started_at - interval '70 seconds', heard_at = heard_at - interval '70 seconds' WHERE id = :id",
          "UPDATE task_message SET created_at = created_at - interval '70 seconds' WHERE task_id = :id",
          "UPDATE task_usage SET updated_at = updated_at - interval '70 seconds' WHERE task_id = :id"
        }) {
      at.db().sql(change).param("id", task).update();
    }
  }

  private boolean isDueLaterFor(UUID task, String reason) {
    return at.db()
        .sql("SELECT deadline_at > now() AND deadline_reason = :reason FROM task WHERE id = :id")
        .param("id", task)
        .param("reason", reason)
        .query(Boolean.class)
        .single();
  }

  @Test
  void anAgentThatGivesNoSignForTooLongLosesItsRunAndTheTaskIsTriedAgain() {
    var task = running("", ",\"idle_timeout_seconds\":60");
    longAgo(task);

    assertThat(at.pass(task, "deadline_idle")).isTrue();

    await().atMost(Duration.ofSeconds(20)).until(() -> at.task(task).get("attempt").asInt() == 2);
    var lost = at.task(task);
    assertThat(lost.get("status").asString()).isEqualTo("queued");
    assertThat(lost.get("attempts").get(0).get("failure_reason").asString())
        .isEqualTo("deadline_idle");
    assertThat(lost.get("attempts").get(0).get("error").asString()).contains("gave no sign");
    assertThat(at.write(task, "complete", 1, "{\"output\":\"late\"}").status()).isEqualTo(200);
    assertThat(at.task(task).get("status").asString()).isEqualTo("completed");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "messages; {\"messages\":[{\"seq\":1,\"type\":\"text\",\"content\":\"still here\"}]}",
        "progress; {\"summary\":\"still here\"}",
        "usage; {\"usage\":[{\"provider\":\"p\",\"model\":\"m\",\"input_tokens\":1}]}"
      })
  void whatIsSaidOfARunKeepsIt(String verb, String said) {
    var task = running("", ",\"idle_timeout_seconds\":60");
    longAgo(task);
    var before = Instant.parse(at.task(task).get("last_activity_at").asString());

    at.write(task, verb, 1, said).ok();

    assertThat(Instant.parse(at.task(task).get("last_activity_at").asString()))
        .isAfter(before.plusSeconds(60));
    assertThat(at.pass(task, "deadline_idle")).isTrue();
    await().atMost(Duration.ofSeconds(20)).until(() -> isDueLaterFor(task, "deadline_idle"));
    assertThat(at.task(task).get("status").asString()).isEqualTo("running");

    longAgo(task);
    assertThat(at.pass(task, "deadline_idle")).isTrue();
    await().atMost(Duration.ofSeconds(20)).until(() -> at.task(task).get("attempt").asInt() == 2);
    assertThat(at.task(task).has("last_activity_at")).isFalse();
  }

  /// As if the runtime had not been heard from for a minute. A sign of life on its way may still
  /// arrive after that.
  private void silence() {
    await()
        .pollDelay(Duration.ofMillis(1_500))
        .until(() ->
            at.db()
                    .sql(
                        "UPDATE runtime_liveness SET last_seen_at = now() - interval '1 minute' WHERE runtime_id = :id")
                    .param("id", runtime)
                    .update()
                == 1);
  }

  @Test
  void aRuntimeThatWasAwayGivesItsRunsTheirWholeLimitAgain() {
    var task = running("", ",\"idle_timeout_seconds\":60");
    longAgo(task);
    silence();
    await().atMost(Duration.ofSeconds(20)).until(() -> isDueLaterFor(task, "runtime_lost"));

    at.heartbeat(runtime, "").ok();

    await().atMost(Duration.ofSeconds(20)).until(() -> isDueLaterFor(task, "deadline_idle"));
    var missing = at.heartbeat(runtime, ",\"running_tasks\":[]").ok();
    assertThat(missing.get("tasks").get(0).get("action").asString()).isEqualTo("report_again");
    assertThat(isDueLaterFor(task, "report_lost")).isTrue();
    at.heartbeat(runtime, ",\"running_tasks\":[{\"id\":\"%s\"}]".formatted(task)).ok();
    assertThat(isDueLaterFor(task, "deadline_idle")).isTrue();
  }

  @Test
  void anAgentsLimitsAreThoseOfItsTasksThatHaveNone() {
    var limits = ",\"timeout_seconds\":600,\"idle_timeout_seconds\":120,\"max_concurrent_tasks\":9";
    var usual = running(limits, "");
    var own = running(limits, ",\"timeout_seconds\":30");

    assertThat(at.task(usual).get("timeout_seconds").asInt()).isEqualTo(600);
    assertThat(at.task(usual).get("idle_timeout_seconds").asInt()).isEqualTo(120);
    assertThat(isDueLaterFor(usual, "deadline_idle")).isTrue();
    assertThat(at.task(own).get("timeout_seconds").asInt()).isEqualTo(30);
    assertThat(isDueLaterFor(own, "deadline_run")).isTrue();
    assertThat(at.pass(own, "deadline_run")).isTrue();
    await().atMost(Duration.ofSeconds(20)).until(() -> at.api().status(own).equals("failed"));
  }

  @Test
  void anAgentsLimitsAreShownChangedAndTakenAway() {
    var agent = "/api/agents/" + at.newAgent(runtime, ",\"timeout_seconds\":600");

    assertThat(at.api().get(agent).ok().get("timeout_seconds").asInt()).isEqualTo(600);
    assertThat(at.api().get(agent).ok().get("idle_timeout_seconds").isNull()).isTrue();
    var changed = at.api().put(agent, "{\"timeout_seconds\":0,\"idle_timeout_seconds\":60}").ok();
    assertThat(changed.get("timeout_seconds").isNull()).isTrue();
    assertThat(changed.get("idle_timeout_seconds").asInt()).isEqualTo(60);
    assertThat(at.api().put(agent, "{\"name\":\"B\"}").ok().get("idle_timeout_seconds").asInt())
        .isEqualTo(60);
  }

  @ParameterizedTest
  @CsvSource({"timeout_seconds,-1", "idle_timeout_seconds,59", "idle_timeout_seconds,2592001"})
  void aLimitThatIsNoneIsRefused(String field, int seconds) {
    var agent = at.newAgent(runtime, "");
    var said = "\"%s\":%d".formatted(field, seconds);

    var ofAgent = at.api().put("/api/agents/" + agent, "{" + said + "}");
    var ofTask =
        at.api()
            .post(
                "/api/tasks?workspace_id=" + at.id(),
                "{\"title\":\"t\",\"agent_id\":\"%s\",%s}".formatted(agent, said));

    for (var refused : new Api.Answer[] {ofAgent, ofTask}) {
      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.json().get("field").asString()).isEqualTo(field);
    }
  }
}
