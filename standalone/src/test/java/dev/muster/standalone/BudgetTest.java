package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.muster.events.Event;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Usage becomes events, and what is used up stops claims until the day is over.
class BudgetTest {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int REPORTERS = 12;
  private static final int REPORTS = 15;

  private final TestWorkspace at = TestWorkspace.make();
  private final UUID runtime = at.api().newRuntime(at.id(), "dm", "claude", 100);
  private final UUID agent = at.newAgent(runtime, ",\"max_concurrent_tasks\":100");
  private final String agentBudget = "/api/agents/" + agent + "/budget";
  private final String workspaceBudget = "/api/workspaces/" + at.id() + "/budget";

  @Test
  void aReportIsToldByWhatItAddsToTheOneBefore() {
    report("2026-01-02", "opus", 100, 10);
    report("2026-01-02", "opus", 100, 10);
    report("2026-01-02", "opus", 150, 10);
    report("2026-01-02", "sonnet", 1, 0);
    report("2026-01-02", "opus", 120, 10);

    var told = usage();
    assertThat(told)
        .extracting(e -> e.path("model").asString() + " " + e.path("input_tokens"))
        .containsExactly("opus 100", "opus 50", "sonnet 1", "opus -30");
    var first = told.getFirst();
    assertThat(first.path("workspace_id").asString()).isEqualTo(at.id().toString());
    assertThat(first.path("runtime_id").asString()).isEqualTo(runtime.toString());
    assertThat(first.path("source").asString()).isEqualTo("runtime");
    assertThat(first.path("date").asString()).isEqualTo("2026-01-02");
    assertThat(first.path("output_tokens").asLong()).isEqualTo(10);
    assertThat(first.path("agent_id").isNull() && first.path("task_id").isNull()).isTrue();
  }

  @Test
  void whatATaskUsesIsToldWithItsAgent() {
    var task = running();
    use(task, 5);
    use(task, 5);
    use(task, 9);

    var told = usage();
    assertThat(told).extracting(e -> e.path("input_tokens").asLong()).containsExactly(5L, 4L);
    assertThat(told)
        .allSatisfy(e -> {
          assertThat(e.path("agent_id").asString()).isEqualTo(agent.toString());
          assertThat(e.path("task_id").asString()).isEqualTo(task.toString());
          assertThat(e.path("runtime_id").asString()).isEqualTo(runtime.toString());
          assertThat(e.path("source").asString()).isEqualTo("task");
        });
    assertThat(spent(agentBudget)).isEqualTo(9);
    assertThat(spent(workspaceBudget)).isEqualTo(9);
  }

  @Test
  void anAgentThatHasUsedUpItsBudgetBeginsNothingUntilItIsRaised() {
    set(agentBudget, 10);
    var task = running();
    var waiting = at.newTask(agent, "");
    use(task, 9);
    assertThat(at.waiting(waiting)).isNotEqualTo("budget_reached");

    use(task, 10);
    assertThat(at.waiting(waiting)).isEqualTo("budget_reached");
    assertThat(at.task(waiting).get("waiting").get("until").asString())
        .endsWith("T00:00:00.000000Z");
    assertThat(at.api().claim(runtime).isNull()).isTrue();
    use(task, 11);
    at.api().complete(task, "done").ok();

    set(agentBudget, 100);
    assertThat(claimed()).isEqualTo(waiting);
    at.muster().feed().complete(at.muster(), at.id());
    assertThat(at.count("budget.reached")).isEqualTo(1);
    assertThat(at.count("budget.updated")).isEqualTo(2);
  }

  @Test
  void theNextDayGoesOnByItself() {
    set(agentBudget, 10);
    var task = running();
    var waiting = at.newTask(agent, "");
    use(task, 10);
    assertThat(at.api().claim(runtime).isNull()).isTrue();

    aDayPasses();
    assertThat(claimed()).isEqualTo(waiting);
    use(waiting, 9);
    assertThat(spent(agentBudget)).isEqualTo(9);
    use(waiting, 10);
    at.muster().feed().complete(at.muster(), at.id());
    assertThat(at.count("budget.reached")).isEqualTo(2);
  }

  @Test
  void aWorkspaceThatHasUsedUpItsBudgetIsAssignedNothing() {
    set(workspaceBudget, 10);
    report(today().toString(), "opus", 10, 0);
    var any =
        Api.id(
            at.api()
                .post(
                    "/api/agents?workspace_id=" + at.id(),
                    "{\"name\":\"Any\",\"provider\":\"claude\"}")
                .ok());
    var free = at.newTask(any, "");
    var pinned = at.newTask(agent, "");

    assertThat(at.api().claim(runtime).isNull()).isTrue();
    assertThat(at.waiting(free)).isEqualTo("budget_reached");
    assertThat(at.waiting(pinned)).isEqualTo("budget_reached");
    assertThat(at.task(free).get("runtime_id").isNull()).isTrue();

    set(workspaceBudget, 0);
    await().until(() -> !at.task(free).get("runtime_id").isNull());
    assertThat(List.of(claimed(), claimed())).containsExactlyInAnyOrder(free, pinned);
  }

  @Test
  void whatRuntimeAndTaskBothReportCountsOnce() {
    var task = running();
    use(task, 40);
    report(today().toString(), "opus", 30, 0);
    assertThat(spent(workspaceBudget)).isEqualTo(40);
    report(today().toString(), "opus", 90, 0);
    assertThat(spent(workspaceBudget)).isEqualTo(90);
    use(task, 95);
    assertThat(spent(workspaceBudget)).isEqualTo(95);
    assertThat(spent(agentBudget)).isEqualTo(95);
  }

  @Test
  void historyAndCacheReadsCountForNoBudget() {
    report(today().minusDays(2).toString(), "opus", 1_000, 0);
    at.api()
        .post(
            "/api/daemon/runtimes/" + runtime + "/usage",
            "{\"entries\":[{\"date\":\"%s\",\"provider\":\"claude\",\"model\":\"m\",\"cache_read_tokens\":500,\"cache_write_tokens\":3}]}"
                .formatted(today()))
        .ok();
    assertThat(spent(workspaceBudget)).isEqualTo(3);
  }

  @Test
  void aBudgetBelowWhatIsUsedStopsAtOnce() {
    var task = running();
    use(task, 50);
    var waiting = at.newTask(agent, "");
    var set = set(agentBudget, 50);
    assertThat(set.get("stopped_until").asString()).endsWith("T00:00:00.000000Z");
    assertThat(at.waiting(waiting)).isEqualTo("budget_reached");
    assertThat(at.api().claim(runtime).isNull()).isTrue();
  }

  @Test
  void aBudgetGoesWithItsAgent() {
    set(agentBudget, 50);
    at.api().delete("/api/agents/" + agent).ok();
    assertThat(
            at.db()
                .sql("SELECT count(*) FROM budget WHERE scope_id = :id")
                .param("id", agent)
                .query(Long.class)
                .single())
        .isZero();
  }

  /// Reports of several tasks and of the runtime, in any order and at once, while the budgets are
  /// set: what was told adds up to what is stored, and who stands stopped is who has used it up.
  @Test
  void reportsAndBudgetsThatRaceAddUp() throws Exception {
    var other = at.newAgent(runtime, ",\"max_concurrent_tasks\":100");
    var tasks = new ArrayList<UUID>();
    for (var i = 0; i < REPORTERS; i++) {
      at.newTask(i % 2 == 0 ? agent : other, "");
      tasks.add(running(claimed()));
    }
    var calls = new ArrayList<Callable<Void>>();
    for (var i = 0; i < REPORTERS; i++) {
      var number = i;
      calls.add(() -> {
        for (var report = 1; report <= REPORTS; report++) {
          // Each task is reported by two, so some totals are repeated or older than the last.
          use(tasks.get(number / 2 * 2), 10L * report + number);
          use(tasks.get(number), 10L * report);
          report(today().toString(), "m" + number % 3, 7L * report, number);
        }
        return null;
      });
    }
    for (var path : List.of(agentBudget, "/api/agents/" + other + "/budget", workspaceBudget)) {
      calls.add(() -> {
        for (var round = 0; round < REPORTS; round++) {
          set(path, 200L + 40L * round);
        }
        return null;
      });
    }
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Void> call : threads.invokeAll(calls)) {
        call.get();
      }
    }

    at.muster().feed().complete(at.muster(), at.id());
    assertThat(
            usage().stream()
                .filter(e -> !e.path("task_id").isNull())
                .mapToLong(e -> e.path("input_tokens").asLong())
                .sum())
        .isEqualTo(
            stored(
                "SELECT sum(input_tokens) FROM task_usage JOIN task ON id = task_id WHERE workspace_id = :w"));
    assertThat(
            usage().stream()
                .filter(e -> e.path("task_id").isNull())
                .mapToLong(e -> e.path("input_tokens").asLong() + e.path("output_tokens").asLong())
                .sum())
        .isEqualTo(
            stored(
                "SELECT sum(input_tokens + output_tokens) FROM runtime_usage JOIN runtime r ON r.id = runtime_id WHERE workspace_id = :w"));
    assertThat(
            stored(
                "SELECT sum(spent) FROM budget WHERE workspace_id = :w AND agent_id IS NOT NULL"))
        .isEqualTo(
            stored(
                "SELECT sum(input_tokens) FROM task_usage JOIN task ON id = task_id WHERE workspace_id = :w"));
    assertThat(stored("SELECT spent FROM budget WHERE scope_id = :w"))
        .isEqualTo(
            stored(
                "SELECT greatest(reported, by_tasks) FROM runtime_spending WHERE workspace_id = :w"));
    assertThat(
            stored(
                "SELECT count(*) FROM budget WHERE workspace_id = :w AND (spent >= tokens_per_day) <> (stopped_until IS NOT NULL)"))
        .isZero();
  }

  /// However many reports cross the line at once, one says so.
  @Test
  void itIsToldOnceThatABudgetIsReached() throws Exception {
    set(agentBudget, 100);
    var tasks = new ArrayList<UUID>();
    for (var i = 0; i < REPORTERS; i++) {
      at.newTask(agent, "");
      tasks.add(running(claimed()));
    }
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Void> call :
          threads.invokeAll(
              tasks.stream()
                  .<Callable<Void>>map(task ->
                      () -> {
                        use(task, 60);
                        return null;
                      })
                  .toList())) {
        call.get();
      }
    }
    at.muster().feed().complete(at.muster(), at.id());
    assertThat(at.count("budget.reached")).isEqualTo(1);
    assertThat(spent(agentBudget)).isEqualTo(60L * REPORTERS);
  }

  private UUID running() {
    at.newTask(agent, "");
    return running(claimed());
  }

  private UUID running(UUID task) {
    at.api().start(task).ok();
    return task;
  }

  private UUID claimed() {
    return Api.id(at.api().claim(runtime));
  }

  private void use(UUID task, long inputTokens) {
    at.write(
            task,
            "usage",
            1,
            "{\"usage\":[{\"provider\":\"claude\",\"model\":\"m\",\"input_tokens\":%d,\"cache_read_tokens\":1}]}"
                .formatted(inputTokens))
        .ok();
  }

  private void report(String date, String model, long input, long output) {
    at.api()
        .post(
            "/api/daemon/runtimes/" + runtime + "/usage",
            "{\"entries\":[{\"date\":\"%s\",\"provider\":\"claude\",\"model\":\"%s\",\"input_tokens\":%d,\"output_tokens\":%d}]}"
                .formatted(date, model, input, output))
        .ok();
  }

  private JsonNode set(String path, long tokens) {
    return at.api().put(path, "{\"tokens_per_day\":%d}".formatted(tokens)).ok();
  }

  private long spent(String path) {
    return at.api().get(path).ok().get("spent").asLong();
  }

  private LocalDate today() {
    return at.db().sql("SELECT (now() AT TIME ZONE 'UTC')::date").query(LocalDate.class).single();
  }

  private void aDayPasses() {
    at.db()
        .sql(
            """
            UPDATE budget SET day = day - 1, told_on = told_on - 1, stopped_until = stopped_until - interval '1 day'
             WHERE workspace_id = :w
            """)
        .param("w", at.id())
        .update();
    at.db()
        .sql("UPDATE runtime_spending SET day = day - 1 WHERE workspace_id = :w")
        .param("w", at.id())
        .update();
  }

  private long stored(String sql) {
    return at.db().sql(sql).param("w", at.id()).query(Long.class).single();
  }

  private List<JsonNode> usage() {
    return at.muster().feed().complete(at.muster(), at.id()).stream()
        .filter(event -> event.type().wire().equals("usage.reported"))
        .map(Event::data)
        .map(JSON::readTree)
        .toList();
  }
}
