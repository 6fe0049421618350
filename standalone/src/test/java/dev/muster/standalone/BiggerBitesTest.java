package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What saves calls, what a run says, and what becomes of failures.
class BiggerBitesTest {
  private TestWorkspace at = TestWorkspace.make();
  private UUID runtime = new UUID(0, 0);
  private UUID agent = new UUID(0, 0);

  @BeforeEach
  void aWorkspaceWithARuntimeAndItsAgent() {
    at = TestWorkspace.make();
    runtime = at.api().newRuntime(at.id(), "dm1", "claude", 3);
    agent = at.newAgent(runtime, ",\"max_concurrent_tasks\":10");
  }

  @AfterEach
  void theFeedHoldsItsGuarantees() {
    at.muster().feed().complete(at.muster(), at.id());
  }

  @Test
  void aMachineClaimsForAllItsRuntimesAtOnceAndEachGetsItsShare() {
    var second = at.api().newRuntime(at.id(), "dm1", "codex", 3);
    var other = at.newAgent(second, ",\"max_concurrent_tasks\":10");
    for (var i = 0; i < 4; i++) {
      at.newTask(agent, "");
      at.newTask(other, "");
    }
    var body =
        "{\"daemon_id\":\"dm1\",\"runtime_ids\":[\"%s\",\"%s\",\"nobody\"],\"max_tasks\":4}"
            .formatted(runtime, second);

    var tasks = at.api().post("/api/daemon/tasks/claim", body).ok().get("tasks");

    var runtimes = new HashSet<String>();
    tasks.forEach(task -> runtimes.add(task.get("runtime_id").asString()));
    assertThat(tasks).hasSize(4);
    assertThat(runtimes).hasSize(2);
    assertThat(at.api().post("/api/daemon/tasks/claim", body).ok().get("tasks")).hasSize(2);
    assertThat(at.api().post("/api/daemon/tasks/claim", body).ok().get("tasks")).isEmpty();
  }

  @Test
  void aParkedMachineIsWokenByWorkForAnyOfItsRuntimes() {
    var second = at.api().newRuntime(at.id(), "dm1", "codex", 3);
    var body =
        "{\"daemon_id\":\"dm1\",\"runtime_ids\":[\"%s\",\"%s\"],\"max_tasks\":4}"
            .formatted(runtime, second);
    var parked =
        java.util.concurrent.CompletableFuture.supplyAsync(() ->
            at.api().post("/api/daemon/tasks/claim", body, "Prefer", "wait=25").ok().get("tasks"));

    var task = at.newTask(agent, "");

    assertThat(Api.id(parked.join().get(0))).isEqualTo(task);
  }

  @Test
  void aFinalReportCanClaimTheNextTask() {
    var first = at.newTask(agent, "");
    var second = at.newTask(agent, "");
    assertThat(Api.id(at.api().claim(runtime, 20))).isEqualTo(first);
    at.api().start(first).ok();

    var answer = at.write(first, "complete", 1, "{\"output\":\"x\",\"claim_next\":true}").ok();

    assertThat(answer.get("status").asString()).isEqualTo("completed");
    assertThat(Api.id(answer.get("next"))).isEqualTo(second);
    at.api().start(second).ok();
    var last = at.write(second, "fail", 1, "{\"error\":\"x\",\"claim_next\":true}").ok();
    assertThat(last.get("next").isNull()).isTrue();
  }

  @Test
  void whatARunSaysIsKeptOnceAndReadFromASequenceOn() {
    var task = at.newTask(agent, "");
    at.api().claim(runtime, 20);
    at.api().start(task).ok();
    var some =
        """
        {"messages":[{"seq":1,"type":"text","content":"Looking"},
                     {"seq":2,"type":"tool_use","tool":"bash","input":{"command":"ls"}}]}
        """;

    at.write(task, "messages", 1, some).ok();
    at.write(task, "messages", 1, some).ok();
    at.write(
            task,
            "messages",
            1,
            "{\"messages\":[{\"seq\":3,\"type\":\"tool_result\",\"output\":\"a\\u0000b\"}]}")
        .ok();

    var said = at.api().get("/api/daemon/tasks/%s/messages?since=1".formatted(task)).ok();
    assertThat(said).hasSize(2);
    assertThat(said.get(0).get("tool").asString()).isEqualTo("bash");
    assertThat(said.get(0).get("input").get("command").asString()).isEqualTo("ls");
    assertThat(said.get(1).get("output").asString()).isEqualTo("a\uFFFDb");
    assertThat(at.write(task, "messages", 1, "{\"messages\":[{\"type\":\"text\"}]}").status())
        .isEqualTo(400);
  }

  @Test
  void theTokensOfATaskAreReplacedByEachReport() {
    var task = at.newTask(agent, "");
    at.api().claim(runtime, 20);
    at.api().start(task).ok();
    var usage =
        "{\"usage\":[{\"provider\":\"claude\",\"model\":\"m\",\"input_tokens\":%d,\"output_tokens\":2}]}";

    at.write(task, "usage", 1, usage.formatted(5)).ok();
    at.write(task, "usage", 1, usage.formatted(9)).ok();

    assertThat(at.task(task).get("usage")).hasSize(1);
    assertThat(at.task(task).get("usage").get(0).get("input_tokens").asLong()).isEqualTo(9);
  }

  private UUID failed(String reason) {
    var task = at.newTask(agent, ",\"max_attempts\":1");
    assertThat(Api.id(at.api().claim(runtime, 20))).isEqualTo(task);
    at.api().start(task).ok();
    at.write(
            task,
            "fail",
            1,
            "{\"error\":\"x\",\"failure_reason\":\"%s\",\"session_id\":\"s1\"}".formatted(reason))
        .ok();
    return task;
  }

  @Test
  void whatHasFailedForGoodIsADeadLetterUntilItIsRedriven() {
    var wrong = failed("agent_error");
    var unlucky = failed("provider_unavailable");
    var list = "/api/dead-letters?workspace_id=" + at.id();
    assertThat(at.api().get(list).ok()).hasSize(2);
    assertThat(at.api().get(list + "&failure_reason=provider_unavailable").ok()).hasSize(1);

    var redriven = at.api().post("/api/tasks/%s/redrive".formatted(wrong), "{}");
    var again = at.api().post("/api/tasks/%s/redrive".formatted(wrong), "{}");

    assertThat(redriven.status()).isEqualTo(201);
    assertThat(again.status()).isEqualTo(200);
    assertThat(Api.id(again.json())).isEqualTo(Api.id(redriven.json()));
    assertThat(redriven.json().get("parent_task_id").asString()).isEqualTo(wrong.toString());
    assertThat(at.api().claim(runtime, 20).get("prior_session_id").asString()).isEqualTo("s1");
    var rest =
        at.api()
            .post(
                "/api/dead-letters/redrive?workspace_id=" + at.id(),
                "{\"failure_reason\":\"provider_unavailable\"}")
            .ok();
    assertThat(rest.get("redriven").asInt()).isEqualTo(1);
    assertThat(at.task(unlucky).get("redriven_by").asString())
        .isEqualTo(rest.get("tasks").get(0).asString());
    assertThat(at.api().get(list).ok()).isEmpty();
  }
}
