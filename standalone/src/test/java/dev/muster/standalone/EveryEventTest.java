package dev.muster.standalone;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.muster.events.EventType;
import dev.muster.events.FeedNames;
import dev.muster.standalone.contract.Contract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;

/// Does everything that is told of, and pins the bytes by which it is told. The golden files hold
/// each record's headers and value with ids, times and positions replaced;
/// `-Dmuster.test.golden=write` writes them anew.
class EveryEventTest {
  private static final Path GOLDEN = Path.of("src", "test", "resources", "golden");
  private static final Duration AT_MOST = Duration.ofSeconds(60);
  private static final Pattern UUIDS = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

  private final TestMuster muster = TestMuster.get();
  private final Api api = muster.api();
  private final UUID id =
      Api.id(
          api.post(
                  "/api/workspaces",
                  "{\"name\":\"Golden\",\"slug\":\"golden-%s\"}".formatted(UUID.randomUUID()))
              .ok());
  private final TestWorkspace at = new TestWorkspace(muster, api, id);
  private final String in = "?workspace_id=" + id;

  @Test
  void everyEventThereIsIsToldAsItsSchemaAndItsGoldenFileSay() throws IOException {
    var runtime = runtime();
    people();
    things();
    var agent = at.newAgent(runtime, ",\"max_concurrent_tasks\":9");
    api.put("/api/agents/" + agent, "{\"name\":\"Renamed\"}").ok();
    tasks(runtime, agent);
    presence(runtime, agent);
    schedules(agent);
    webhooks();
    api.delete("/api/agents/" + agent).ok();
    api.put("/api/workspaces/" + id, "{\"description\":\"d\"}").ok();
    api.delete("/api/workspaces/" + id).ok();

    var records = records();
    assertThat(records.keySet())
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(EventType.values()).map(EventType::wire).toList());
    for (var record : records.entrySet()) {
      assertThat(Contract.errors(record.getKey(), new String(record.getValue().value(), UTF_8)))
          .isEmpty();
      golden(record.getKey(), text(record.getValue()));
    }
  }

  private UUID runtime() {
    return Api.id(
        api.post(
                "/api/daemon/register",
                """
                {"workspace_id":"%s","daemon_id":"golden","device_name":"machine","process_id":"p1",
                 "runtimes":[{"name":"r","type":"claude","version":"1","status":"online","labels":{"os":"linux"},
                              "max_concurrent_tasks":9}]}
                """
                    .formatted(id))
            .ok()
            .get("runtimes")
            .get(0));
  }

  private void people() {
    var members = "/api/workspaces/" + id + "/members";
    var member =
        Api.id(api.post(members, "{\"email\":\"%s@x\"}".formatted(UUID.randomUUID())).ok());
    api.send("PATCH", members + "/" + member, "{\"role\":\"admin\"}").ok();
    api.delete(members + "/" + member).ok();
  }

  private void things() {
    var skill =
        Api.id(
            api.post(
                    "/api/skills" + in,
                    "{\"name\":\"S\",\"files\":[{\"path\":\"a.md\",\"content\":\"A\"}]}")
                .ok());
    api.put("/api/skills/" + skill, "{\"name\":\"T\"}").ok();
    api.delete("/api/skills/" + skill).ok();
    var issue = Api.id(api.post("/api/issues" + in, "{\"title\":\"I\"}").ok());
    api.put("/api/issues/" + issue, "{\"title\":\"J\"}").ok();
    var comment =
        Api.id(api.post("/api/issues/" + issue + "/comments", "{\"content\":\"c\"}").ok());
    api.put("/api/comments/" + comment, "{\"content\":\"d\"}").ok();
    api.delete("/api/comments/" + comment).ok();
    api.delete("/api/issues/" + issue).ok();
  }

  private void tasks(UUID runtime, UUID agent) {
    var budget = "/api/agents/" + agent + "/budget";
    api.put(budget, "{\"tokens_per_day\":10}").ok();
    var done = running(runtime, agent);
    at.write(
            done,
            "usage",
            1,
            "{\"usage\":[{\"provider\":\"claude\",\"model\":\"m\",\"input_tokens\":12,\"cache_read_tokens\":3}]}")
        .ok();
    api.put(budget, "{\"tokens_per_day\":0}").ok();
    api.complete(done, "done").ok();
    api.post("/api/daemon/tasks/" + running(runtime, agent) + "/fail", "{\"error\":\"e\"}").ok();
    api.post("/api/tasks/" + running(runtime, agent) + "/cancel", "{}").ok();
    at.newTask(agent, "");
    var released = Api.id(api.claim(runtime));
    api.post("/api/daemon/tasks/" + released + "/release", "{}").ok();
    awaitAssigned();
    api.post("/api/tasks/" + released + "/cancel", "{}").ok();
    var later =
        at.newTask(
            agent, ",\"run_after\":\"%s\"".formatted(Instant.now().plus(Duration.ofDays(1))));
    assertThat(at.pass(later, "ready")).isTrue();
    awaitTold("task.ready");
    var issue = api.newIssue(id, agent);
    awaitAssigned();
    api.person().post("/api/issues/" + issue + "/comments", "{\"content\":\"more\"}").ok();
    api.delete("/api/issues/" + issue).ok();
  }

  private UUID running(UUID runtime, UUID agent) {
    at.newTask(agent, "");
    var task = Api.id(api.claim(runtime));
    api.start(task).ok();
    return task;
  }

  private void presence(UUID runtime, UUID agent) {
    api.post("/api/runtimes/" + runtime + "/pause", "{}").ok();
    api.post("/api/runtimes/" + runtime + "/resume", "{}").ok();
    at.heartbeat(runtime, ",\"process_id\":\"p2\"").ok();
    await()
        .atMost(AT_MOST)
        .until(() -> at.heartbeat(runtime, ",\"process_id\":\"p1\"").status() == 409);
    awaitTold("runtime.conflict");
    api.post("/api/daemon/deregister", "{\"runtime_ids\":[\"%s\"]}".formatted(runtime)).ok();
    await()
        .atMost(AT_MOST)
        .until(() -> {
          at.heartbeat(runtime, ",\"process_id\":\"p2\"").ok();
          return at.count("runtime.online") > 0;
        });
    api.delete("/api/runtimes/" + api.newRuntime(at.id(), "spare", "spare", 1)).ok();
    var waiting = at.newTask(agent, "");
    await().atMost(AT_MOST).until(() -> !at.task(waiting).get("assigned_at").isNull());
    await()
        .atMost(AT_MOST)
        .until(() -> {
          at.db()
              .sql("UPDATE task SET assigned_at = now() - interval '1 minute' WHERE id = :id")
              .param("id", waiting)
              .update();
          at.db()
              .sql(
                  "UPDATE runtime_liveness SET last_claim_at = now() - interval '1 minute' WHERE"
                      + " runtime_id = :id")
              .param("id", runtime)
              .update();
          return at.count("runtime.deaf") > 0;
        });
  }

  private void schedules(UUID agent) {
    var made =
        api.post(
            "/api/schedules" + in,
            "{\"title\":\"S\",\"prompt\":\"p\",\"agent_id\":\"%s\",\"every_seconds\":86400,\"catch_up\":0}"
                .formatted(agent));
    var schedule = Api.id(made.ok());
    var path = "/api/schedules/" + schedule;
    api.send("PATCH", path, "{\"title\":\"T\"}").ok();
    api.post(path + "/run", "{}").ok();
    at.db()
        .sql(
            """
            UPDATE schedule SET due_at = now() - interval '1 hour', next_run_at = now() - interval '1 hour' WHERE id = :id
            """)
        .param("id", schedule)
        .update();
    awaitTold("schedule.missed");
    api.post(path + "/pause", "{}").ok();
    api.post(path + "/resume", "{}").ok();
    api.delete(path).ok();
  }

  /// One that nobody has answered for days.
  private void webhooks() {
    var body = "{\"name\":\"W\",\"url\":\"http://localhost:1/\",\"events\":[\"skill.*\"]}";
    var path = "/api/webhooks/" + Api.id(api.post("/api/webhooks" + in, body).ok());
    api.send("PATCH", path, "{\"name\":\"V\"}").ok();
    at.db()
        .sql("UPDATE webhook SET failing_since = now() - interval '4 days' WHERE workspace_id = :w")
        .param("w", id)
        .update();
    api.post("/api/skills" + in, "{\"name\":\"S2\"}").ok();
    awaitTold("webhook.disabled");
    api.delete(path).ok();
  }

  /// The dispatcher has done what it will do, so that what comes next is told after that.
  private void awaitAssigned() {
    await()
        .atMost(AT_MOST)
        .until(() ->
            at.db()
                .sql(
                    """
                    SELECT NOT EXISTS (SELECT FROM task WHERE workspace_id = :w AND status = 'queued' AND ready
                                          AND assigned_at IS NULL)
                    """)
                .param("w", id)
                .query(Boolean.class)
                .single());
  }

  private void awaitTold(String event) {
    await().atMost(AT_MOST).until(() -> at.count(event) > 0);
  }

  /// The first record of each type in the workspace's feed.
  private Map<String, ConsumerRecord<String, byte[]>> records() {
    muster.feed().complete(muster, id);
    var first = new TreeMap<String, ConsumerRecord<String, byte[]>>();
    WholeTopic.read(
        TestServers.get().kafka(),
        FeedNames.DEFAULT.events(),
        new ByteArrayDeserializer(),
        record -> {
          if (record.key().equals(id.toString())) {
            var type = new String(record.headers().lastHeader("ce_type").value(), UTF_8);
            first.putIfAbsent(type.substring("dev.muster.".length()), record);
          }
        });
    return first;
  }

  private static String text(ConsumerRecord<String, byte[]> record) {
    var text = new StringBuilder();
    text.append(record.key()).append("\n\n");
    record
        .headers()
        .forEach(header ->
            text.append(header.key())
                .append(": ")
                .append(new String(header.value(), UTF_8))
                .append('\n'));
    text.append('\n').append(new String(record.value(), UTF_8)).append('\n');
    var ids = new HashMap<String, String>();
    var named =
        UUIDS
            .matcher(text)
            .replaceAll(
                uuid -> ids.computeIfAbsent(uuid.group(), _ -> "<id " + (ids.size() + 1) + ">"));
    return named
        .replaceAll("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+]00:00)", "<time $2>")
        .replaceAll("\"\\d{4}-\\d\\d-\\d\\d\"", "\"<date>\"")
        .replaceAll("ce_epoch: \\w+", "ce_epoch: <epoch>")
        .replaceAll("(ce_id: <id 1>:|ce_position: )\\d+", "$1<position>");
  }

  private static void golden(String event, String text) throws IOException {
    var file = GOLDEN.resolve(event + ".txt");
    if (System.getProperty("muster.test.golden", "").equals("write")) {
      Files.createDirectories(GOLDEN);
      Files.writeString(file, text);
    }
    assertThat(text).as(event).isEqualTo(Files.readString(file));
  }
}
