package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.muster.events.id.WorkspaceId;
import dev.muster.events.storage.StoredBytes;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;

/// What a workspace may keep: past it nothing makes it larger but the work that was queued.
@Tag("faults")
class StorageQuotaTest {
  private static final Duration AT_MOST = Duration.ofSeconds(30);
  private static final long MAX = StoredBytes.QUOTA_DEFAULT.toBytes();
  private static final int TEXT = 100_000;
  private static final int KIND = 10_000;
  private static final RandomGenerator RANDOM = RandomGenerator.of("L64X128MixRandom");

  /// What a full workspace does not take.
  private static final Set<String> MAKING =
      Set.of(
          "POST /api/agents",
          "POST /api/skills",
          "PUT /api/skills/{id}/files",
          "POST /api/issues",
          "PUT /api/issues/{id}/metadata/{key}",
          "POST /api/issues/{id}/comments",
          "POST /api/tasks",
          "POST /api/tasks/{id}/rerun",
          "POST /api/tasks/{id}/redrive",
          "POST /api/schedules",
          "POST /api/schedules/{id}/run",
          "POST /api/dead-letters/redrive");

  /// What one does not take besides that is overfull: each is told in an event that shows texts.
  private static final Set<String> CHANGING =
      Set.of(
          "PUT /api/workspaces/{id}",
          "PATCH /api/workspaces/{id}",
          "PUT /api/agents/{id}",
          "PUT /api/agents/{id}/skills",
          "POST /api/agents/{id}/resume",
          "PUT /api/skills/{id}",
          "PUT /api/issues/{id}",
          "PUT /api/comments/{id}",
          "PATCH /api/schedules/{id}",
          "POST /api/schedules/{id}/resume");

  private final TestMuster muster = TestMuster.get();
  private final Api api = muster.api();

  /// As if the workspace had kept so much for long, and all processes knew. It is not measured.
  private void fill(UUID workspace, int percent) {
    muster
        .db()
        .sql(
            """
            INSERT INTO workspace_storage (workspace_id, bytes, measured_at) VALUES (:w, :bytes, now() + interval '1 hour')
            ON CONFLICT (workspace_id) DO UPDATE
               SET bytes = excluded.bytes, measured_at = excluded.measured_at, lease = NULL, leased_until = NULL
            """)
        .param("w", workspace)
        .param("bytes", MAX * percent / 100)
        .update();
    var id = new WorkspaceId(workspace);
    Stream.of(
            muster.apiBean("storedBytes", StoredBytes.class),
            muster.dispatcherBean(StoredBytes.class))
        .forEach(
            stored -> await().atMost(AT_MOST).until(() -> stored.used(id) >= MAX * percent / 100));
  }

  private static boolean isFull(Api.Answer answer) {
    return answer.status() == 409 && answer.text().contains("\"quota\":\"storage\"");
  }

  private static JsonNode storage(Api api, UUID workspace) {
    return api.get("/api/workspaces/%s/storage".formatted(workspace)).ok();
  }

  private static long used(Api api, UUID workspace) {
    return storage(api, workspace).get("used").asLong();
  }

  /// Nothing that Postgres could make shorter.
  private static String text() {
    return Stream.generate(() -> Integer.toString(RANDOM.nextInt(36), 36))
        .limit(TEXT)
        .collect(Collectors.joining());
  }

  private static Api.Answer comment(Api api, UUID issue, String content) {
    return api.post(
        "/api/issues/%s/comments".formatted(issue), "{\"content\":\"%s\"}".formatted(content));
  }

  private static UUID newIssue(Api api, UUID workspace) {
    return Api.id(api.post("/api/issues?workspace_id=" + workspace, "{\"title\":\"T\"}").ok());
  }

  private void awaitMeasured(UUID workspace) {
    muster
        .db()
        .sql("UPDATE workspace_storage SET measured_at = NULL WHERE workspace_id = :w")
        .param("w", workspace)
        .update();
    await().atMost(AT_MOST).until(() -> storage(api, workspace).hasNonNull("measured_at"));
  }

  /// The routes, without those that only read: first those that must be refused, which change
  /// nothing, then the others, and last what deletes.
  private Set<String> refused(int percent, Set<String> expected) {
    var world = World.create(muster, api);
    api.post(world.fill("/api/schedules/{schedule}/pause"), "{}").ok();
    fill(world.workspace(), percent);
    return Routes.ALL.stream()
        .filter(route -> !route.method().equals("GET"))
        .sorted(
            Comparator.comparing((Routes.Route route) -> !expected.contains(route.name()))
                .thenComparing(route -> route.method().equals("DELETE")))
        .filter(route -> {
          var body = route.body();
          var answer =
              world
                  .api()
                  .send(
                      route.method(),
                      world.fill(route.path()),
                      body == null ? null : world.fill(body));
          return isFull(answer);
        })
        .map(Routes.Route::name)
        .collect(Collectors.toSet());
  }

  @Test
  void aFullWorkspaceTakesNothingNew() {
    assertThat(refused(100, MAKING)).isEqualTo(MAKING);
  }

  @Test
  void anOverfullWorkspaceTakesNoChangesEither() {
    var all = Stream.concat(MAKING.stream(), CHANGING.stream()).collect(Collectors.toSet());

    assertThat(refused(111, all)).isEqualTo(all);
  }

  @Test
  void aFullWorkspaceTakesShorterTextsAndNoLongerOnes() {
    var workspace = api.newWorkspace();
    var issue = newIssue(api, workspace);
    var comment = Api.id(comment(api, issue, "long").ok());
    var agent =
        Api.id(
            api.post(
                    "/api/agents?workspace_id=" + workspace,
                    "{\"name\":\"A\",\"provider\":\"none\",\"instructions\":\"long\"}")
                .ok());
    var skill =
        Api.id(
            api.post(
                    "/api/skills?workspace_id=" + workspace,
                    "{\"name\":\"S\",\"content\":\"long\",\"files\":[{\"path\":\"a.md\",\"content\":\"long\"}]}")
                .ok());
    var schedule =
        Api.id(
            api.post(
                    "/api/schedules?workspace_id=" + workspace,
                    "{\"title\":\"long\",\"agent_id\":\"%s\",\"every_seconds\":86400}"
                        .formatted(agent))
                .ok());
    fill(workspace, 100);
    var changes =
        List.of(
            List.of("PUT", "/api/issues/" + issue, "{\"description\":\"%s\"}"),
            List.of("PUT", "/api/comments/" + comment, "{\"content\":\"%s\"}"),
            List.of("PUT", "/api/agents/" + agent, "{\"instructions\":\"%s\"}"),
            List.of("PUT", "/api/skills/" + skill, "{\"content\":\"%s\"}"),
            List.of(
                "PUT",
                "/api/skills/%s/files".formatted(skill),
                "{\"path\":\"a.md\",\"content\":\"%s\"}"),
            List.of("PATCH", "/api/schedules/" + schedule, "{\"title\":\"%s\"}"));

    for (var change : changes) {
      var longer = api.send(change.get(0), change.get(1), change.get(2).formatted("longer"));
      assertThat(isFull(longer)).as(change + ": " + longer.text()).isTrue();
    }
    for (var change : changes.subList(1, changes.size())) {
      assertThat(api.send(change.get(0), change.get(1), change.get(2).formatted("s")).status())
          .as(change.toString())
          .isEqualTo(200);
    }
    assertThat(api.put("/api/issues/" + issue, "{\"status\":\"done\"}").status()).isEqualTo(200);
  }

  @Test
  void theRefusalSaysWhatThereIsAndMayBe() {
    var workspace = api.newWorkspace();
    fill(workspace, 100);

    var refusal = api.post("/api/issues?workspace_id=" + workspace, "{\"title\":\"T\"}").json();

    assertThat(refusal.get("type").asString()).isEqualTo("urn:muster:problem:over-quota");
    assertThat(refusal.get("max").asLong()).isEqualTo(MAX);
    assertThat(refusal.get("used").asLong()).isGreaterThanOrEqualTo(MAX);
    assertThat(storage(api, workspace).get("max").asLong()).isEqualTo(MAX);
  }

  @Test
  void aRequestThatWasAnsweredBeforeIsAnsweredAgain() {
    var at = TestWorkspace.make();
    var agent = at.newAgent(api.newRuntime(at.id(), "again", "claude", 1), "");
    var path = "/api/tasks?workspace_id=" + at.id();
    var body = "{\"title\":\"Once\",\"agent_id\":\"%s\"}".formatted(agent);
    var made = api.post(path, body, "Idempotency-Key", "k").ok();
    fill(at.id(), 100);

    assertThat(Api.id(api.post(path, body, "Idempotency-Key", "k").ok())).isEqualTo(Api.id(made));
    assertThat(isFull(api.post(path, body, "Idempotency-Key", "other"))).isTrue();
  }

  @Test
  void anotherRunOfAnIssueIsRefused() {
    var at = TestWorkspace.make();
    var runtime = api.newRuntime(at.id(), "rerun", "claude", 1);
    var issue = api.newIssue(at.id(), at.newAgent(runtime, ""));
    var task = Api.id(api.claim(runtime));
    api.start(task).ok();
    api.complete(task, "done").ok();
    fill(at.id(), 100);

    assertThat(isFull(api.post("/api/issues/%s/rerun".formatted(issue), "{}"))).isTrue();
    assertThat(isFull(api.post("/api/tasks/%s/rerun".formatted(task), "{}"))).isTrue();
  }

  @Test
  void whatIsQueuedInAnOverfullWorkspaceRunsToItsEndWithoutItsOutput() {
    var at = TestWorkspace.make();
    var runtime = api.newRuntime(at.id(), "full", "claude", 1);
    var task = at.newTask(at.newAgent(runtime, ""), "");
    var said = "{\"messages\":[{\"seq\":1,\"type\":\"text\",\"content\":\"c\"}]}";
    fill(at.id(), 111);

    assertThat(Api.id(api.claim(runtime))).isEqualTo(task);
    api.start(task).ok();
    var left = at.write(task, "messages", 1, said).ok();
    assertThat(at.write(task, "messages", 7, said).status()).isEqualTo(409);
    fill(at.id(), 105);
    await()
        .atMost(AT_MOST)
        .until(() -> at.write(task, "messages", 1, said).ok().get("stored").asInt() == 1);
    api.complete(task, "done").ok();

    assertThat(left.get("stored").asInt()).isZero();
    assertThat(left.get("left_out").asInt()).isEqualTo(1);
    assertThat(at.task(task).get("status").asString()).isEqualTo("completed");
    assertThat(at.task(task).get("result").get("output").asString()).isEqualTo("done");
    assertThat(api.get("/api/tasks/%s/messages".formatted(task)).ok()).hasSize(1);
  }

  @Test
  void aScheduleOfAFullWorkspaceIsMissedAndSaysWhy() {
    var at = TestWorkspace.make();
    var agent =
        api.post("/api/agents?workspace_id=" + at.id(), "{\"name\":\"A\",\"provider\":\"none\"}");
    var schedule =
        Api.id(
            api.post(
                    "/api/schedules?workspace_id=" + at.id(),
                    "{\"title\":\"S\",\"agent_id\":\"%s\",\"every_seconds\":86400}"
                        .formatted(Api.id(agent.ok())))
                .ok());
    fill(at.id(), 100);

    at.db()
        .sql("UPDATE schedule SET due_at = now(), next_run_at = now() WHERE id = :id")
        .param("id", schedule)
        .update();
    await()
        .atMost(AT_MOST)
        .until(() -> api.get("/api/schedules/" + schedule).ok().get("missed").asInt() == 1);

    var read = api.get("/api/schedules/" + schedule).ok();
    assertThat(read.get("status").asString()).isEqualTo("active");
    assertThat(read.get("last_error").asString()).contains("as many bytes as it may");
    at.muster().feed().complete(at.muster(), at.id());
    assertThat(at.muster().feed().of(at.id()))
        .filteredOn(event -> event.type().wire().equals("schedule.missed"))
        .singleElement()
        .satisfies(event -> assertThat(event.data()).contains("storage_full"));
  }

  @Test
  void whatIsWrittenIsCountedAndWhatIsDeletedIsNotMeasuredAnyMore() {
    var at = TestWorkspace.make();
    var runtime = api.newRuntime(at.id(), "count", "claude", 1);
    var agent = at.newAgent(runtime, ",\"instructions\":\"%s\"".formatted(text()));
    var task = at.newTask(agent, ",\"prompt\":\"%s\"".formatted(text()));
    api.post(
            "/api/skills?workspace_id=" + at.id(),
            "{\"name\":\"S\",\"files\":[{\"path\":\"a.md\",\"content\":\"%s\"}]}".formatted(text()))
        .ok();
    api.claim(runtime);
    api.start(task).ok();
    at.write(
            task,
            "messages",
            1,
            "{\"messages\":[{\"seq\":1,\"type\":\"text\",\"content\":\"%s\"}]}".formatted(text()))
        .ok();
    api.complete(task, text()).ok();
    var issue = at.task(task).get("issue").get("id").asString();
    var comment = Api.id(comment(api, UUID.fromString(issue), text()).ok());
    // Instructions, prompt, result with its comment, and comment, each with an event; file,
    // message.
    await().atMost(AT_MOST).until(() -> used(api, at.id()) > 12L * TEXT);
    var counted = used(api, at.id());
    awaitMeasured(at.id());
    var measured = used(api, at.id());
    api.delete("/api/comments/" + comment).ok();
    awaitMeasured(at.id());
    var withoutComment = used(api, at.id());
    api.delete("/api/issues/" + issue).ok();
    awaitMeasured(at.id());

    assertThat(measured).isBetween(8L * TEXT, counted + TEXT);
    assertThat(withoutComment).isBetween(measured - 11L * TEXT / 10, measured - 9L * TEXT / 10);
    assertThat(used(api, at.id())).isLessThan(withoutComment - 25L * TEXT / 10);
  }

  /// Each kind is twice as long as the one before, so that the sum tells which of them is missing.
  @Test
  void everyKindIsMeasured() {
    var at = TestWorkspace.make();
    var runtime = api.newRuntime(at.id(), "kinds", "claude", 1);
    var agent = at.newAgent(runtime, "");
    var task = at.newTask(agent, "");
    api.claim(runtime);
    api.start(task).ok();
    at.write(task, "messages", 1, "{\"messages\":[{\"seq\":1,\"content\":\"c\"}]}").ok();
    api.complete(task, "done").ok();
    api.post(
            "/api/schedules?workspace_id=" + at.id(),
            "{\"title\":\"S\",\"agent_id\":\"%s\",\"every_seconds\":86400}".formatted(agent))
        .ok();
    api.post(
            "/api/skills?workspace_id=" + at.id(),
            "{\"name\":\"S\",\"files\":[{\"path\":\"a.md\",\"content\":\"A\"}]}")
        .ok();
    awaitMeasured(at.id());
    var before = used(api, at.id());
    var statements =
        List.of(
            "UPDATE issue SET description = %s WHERE workspace_id = :w",
            "INSERT INTO comment (issue_id, author_type, author_id, content) SELECT issue_id, 'member', id, %s FROM task WHERE workspace_id = :w",
            "UPDATE task SET error = %s WHERE workspace_id = :w",
            "INSERT INTO task_attempt (task_id, attempt, claim_generation, failure_reason, error) SELECT id, 7, 7, 'timeout', %s FROM task WHERE workspace_id = :w",
            "UPDATE task_message SET content = content || %s WHERE task_id IN (SELECT id FROM task WHERE workspace_id = :w)",
            "UPDATE task_message SET output = output || %s WHERE task_id IN (SELECT id FROM task WHERE workspace_id = :w)",
            "UPDATE agent SET instructions = %s WHERE workspace_id = :w",
            "UPDATE skill SET content = %s WHERE workspace_id = :w",
            "UPDATE skill_file SET content = content || %s WHERE skill_id IN (SELECT id FROM skill WHERE workspace_id = :w)",
            "UPDATE schedule SET prompt = %s WHERE workspace_id = :w");
    for (var i = 0; i < statements.size(); i++) {
      var text = "repeat('x', %d)".formatted(KIND << i);
      at.db().sql(statements.get(i).formatted(text)).param("w", at.id()).update();
    }
    awaitMeasured(at.id());

    assertThat((used(api, at.id()) - before) / KIND).isEqualTo((1L << statements.size()) - 1);
    // Its schedule must not fire with that prompt while another test lets years go by.
    api.delete("/api/workspaces/" + at.id()).ok();
  }

  @Test
  void aWorkspaceThatOnlySeemsFullIsMeasuredSoonAndTakesMore() {
    var at = TestWorkspace.make();
    fill(at.id(), 120);

    muster
        .db()
        .sql(
            "UPDATE workspace_storage SET measured_at = now() - interval '61 seconds' WHERE workspace_id = :w")
        .param("w", at.id())
        .update();

    await()
        .atMost(AT_MOST)
        .until(() ->
            api.post("/api/issues?workspace_id=" + at.id(), "{\"title\":\"T\"}").status() == 201);
  }

  @Test
  void whoeverDiedWhileMeasuringHoldsUpNobody() {
    var workspace = api.newWorkspace();
    fill(workspace, 100);

    muster
        .db()
        .sql(
            """
            UPDATE workspace_storage
               SET lease = gen_random_uuid(), leased_until = now() - interval '1 second', measured_at = NULL
             WHERE workspace_id = :w
            """)
        .param("w", workspace)
        .update();

    await().atMost(AT_MOST).until(() -> used(api, workspace) < TEXT);
  }

  private static ConfigurableApplicationContext small() {
    var servers = TestServers.get();
    return Applications.api(
        servers.jdbcUrl(),
        servers.kafka(),
        TestMuster.OWNER_TOKEN,
        "--server.port=0",
        "--muster.api.quotas.storage=300KB");
  }

  private Api of(ConfigurableApplicationContext context) {
    return new Api("http://localhost:" + Applications.port(context), TestMuster.OWNER_TOKEN);
  }

  @Test
  void processesShareTheCountAndARestartKeepsIt() {
    var workspace = api.newWorkspace();
    var issue = newIssue(api, workspace);
    try (var first = small()) {
      var other = of(first);
      comment(api, issue, text()).ok();
      await().atMost(AT_MOST).until(() -> used(other, workspace) > 2L * TEXT);
      assertThat(storage(other, workspace).get("max").asLong()).isEqualTo(300 * 1024);
      comment(other, issue, text()).ok();
    }
    try (var second = small()) {
      await().atMost(AT_MOST).until(() -> isFull(comment(of(second), issue, "c")));

      // The first process wrote half of this. What is measured leaves out the envelopes that are
      // counted.
      assertThat(used(of(second), workspace)).isGreaterThan(3L * TEXT);
    }
  }

  @Test
  void theMetricsCountFullWorkspaces() {
    fill(api.newWorkspace(), 90);
    fill(api.newWorkspace(), 100);
    fill(api.newWorkspace(), 111);

    for (var state : List.of("filling", "full", "overfull")) {
      assertThat(api.get("/metrics").text().lines())
          .anyMatch(line ->
              line.startsWith("muster_storage_workspaces{state=\"%s\"} ".formatted(state))
                  && !line.endsWith(" 0.0"));
    }
  }
}
