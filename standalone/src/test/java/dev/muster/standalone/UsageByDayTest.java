package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// What tasks have used adds up by day, agent and model.
class UsageByDayTest {
  private static final int TASKS = 20;
  private static final int REPORTS = 5;

  private final TestWorkspace at = TestWorkspace.make();
  private final UUID runtime = at.api().newRuntime(at.id(), "dm", "claude", 100);
  private final UUID agent = at.newAgent(runtime, ",\"max_concurrent_tasks\":100");
  private final UUID other = at.newAgent(runtime, ",\"max_concurrent_tasks\":100");

  @Test
  void reportsAddUpByDayAgentAndModel() {
    var one = running(agent);
    var two = running(other);
    use(one, "opus", 100, 7);
    use(one, "opus", 150, 9);
    use(one, "sonnet", 3, 0);
    use(two, "opus", 1_000, 0);

    assertThat(usage("")).containsExactly(today() + " 1153 9");
    assertThat(usage("?by=agent")).containsExactly(other + " 1000 0", agent + " 153 9");
    assertThat(usage("?by=model")).containsExactly("claude/opus 1150 9", "claude/sonnet 3 0");
    assertThat(usage("?by=model&agent_id=" + agent))
        .containsExactly("claude/opus 150 9", "claude/sonnet 3 0");
    assertThat(usage("?agent_id=" + other)).containsExactly(today() + " 1000 0");
  }

  @Test
  void aCorrectionCountsOnTheDayOnWhichItComes() {
    var task = running(agent);
    use(task, "opus", 100, 0);
    aDayPasses();
    use(task, "opus", 80, 0);

    assertThat(usage("")).containsExactly(today() + " -20 0", today().minusDays(1) + " 100 0");
    assertThat(usage("?days=1")).containsExactly(today() + " -20 0");
    assertThat(usage("?by=agent")).containsExactly(agent + " 80 0");
  }

  @Test
  void whatADeletedAgentHasUsedStaysAsThatOfOthers() {
    use(running(agent), "opus", 100, 0);
    use(running(other), "opus", 5, 0);
    at.api().delete("/api/agents/" + agent).ok();

    assertThat(usage("?by=agent")).containsExactly("others 100 0", other + " 5 0");
    assertThat(get(at.api(), "?agent_id=" + agent).status()).isEqualTo(404);
  }

  @Test
  void aPrivateAgentsUsageIsForThoseWhoSeeIt() {
    var users = new Users(at.muster());
    var user = users.newUser();
    users.join(user, at.id(), "member");
    var member = users.api(user, Users.Narrowing.NONE);
    use(running(agent), "opus", 100, 0);
    at.api().put("/api/agents/" + agent, "{\"visibility\":\"private\"}").ok();

    assertThat(usage(member, "")).containsExactly(today() + " 100 0");
    assertThat(usage(member, "?by=agent")).containsExactly("others 100 0");
    assertThat(get(member, "?agent_id=" + agent).status()).isEqualTo(404);
    assertThat(usage("?by=agent")).containsExactly(agent + " 100 0");
  }

  @ParameterizedTest
  @CsvSource({
    "by=week, by",
    "days=0, days",
    "days=366, days",
    "days=x, days",
    "agent_id=x, agent_id"
  })
  void whatCannotBeAskedForIsRefusedWithItsName(String query, String field) {
    var answer = get(at.api(), "?" + query);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().get("field").asString()).isEqualTo(field);
  }

  @Test
  void reportsThatComeAtOnceAreAllCounted() throws Exception {
    var calls = new ArrayList<Callable<Void>>();
    for (var i = 0; i < TASKS; i++) {
      var task = running(i % 2 == 0 ? agent : other);
      calls.add(() -> {
        for (var report = 1; report <= REPORTS; report++) {
          use(task, "opus", 10L * report, 0);
          use(task, "sonnet", report, report);
        }
        return null;
      });
    }
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Void> call : threads.invokeAll(calls)) {
        call.get();
      }
    }

    assertThat(usage("?by=model"))
        .containsExactly(
            "claude/opus " + 10 * REPORTS * TASKS + " 0",
            "claude/sonnet " + REPORTS * TASKS + " " + REPORTS * TASKS);
  }

  private UUID running(UUID whose) {
    var task = at.newTask(whose, "");
    assertThat(Api.id(at.api().claim(runtime))).isEqualTo(task);
    at.api().start(task).ok();
    return task;
  }

  private void use(UUID task, String model, long input, long output) {
    at.write(
            task,
            "usage",
            1,
            "{\"usage\":[{\"provider\":\"claude\",\"model\":\"%s\",\"input_tokens\":%d,\"output_tokens\":%d}]}"
                .formatted(model, input, output))
        .ok();
  }

  private Api.Answer get(Api api, String query) {
    return api.get("/api/workspaces/" + at.id() + "/usage" + query);
  }

  private List<String> usage(String query) {
    return usage(at.api(), query);
  }

  private List<String> usage(Api api, String query) {
    var lines = new ArrayList<String>();
    get(api, query).ok().get("items").forEach(item -> lines.add(line(item)));
    return lines;
  }

  private static String line(JsonNode item) {
    var key =
        item.has("date")
            ? item.get("date").asString()
            : item.has("model")
                ? item.get("provider").asString() + "/" + item.get("model").asString()
                : item.path("agent_id").asString("others");
    return key + " " + item.get("input_tokens") + " " + item.get("output_tokens");
  }

  private LocalDate today() {
    return at.db().sql("SELECT (now() AT TIME ZONE 'UTC')::date").query(LocalDate.class).single();
  }

  private void aDayPasses() {
    at.db()
        .sql("UPDATE agent_usage SET date = date - 1 WHERE workspace_id = :id")
        .param("id", at.id())
        .update();
  }
}
