package dev.muster.standalone;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Inputs that hurt users of comparable systems, as their public reports tell.
class ReportedInputsTest {
  private final TestWorkspace at = TestWorkspace.make();
  private final Api api = at.api();
  private final String in = "?workspace_id=" + at.id();

  private static JsonNode refused(Api.Answer answer, String field) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(400);
    assertThat(answer.json().path("field").asString("")).as(answer.text()).isEqualTo(field);
    return answer.json();
  }

  private UUID failed() {
    var runtime = api.newRuntime(at.id(), "desk", "claude", 1);
    var task = at.newTask(at.newAgent(runtime, ""), "");
    api.claim(runtime, 20);
    api.start(task).ok();
    at.write(task, "fail", 1, "{\"error\":\"no\",\"failure_reason\":\"agent_error\"}").ok();
    return task;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{\"failure_reason\":\"\"}", "{\"agent_id\":\"\"}", "{\"runtime_id\":\"\"}"})
  void anEmptyFilterDoesNotMeanAllDeadLetters(String filter) {
    var task = failed();

    var answer = api.post("/api/dead-letters/redrive" + in, filter);

    refused(answer, filter.substring(2, filter.indexOf('"', 2)));
    assertThat(at.task(task).get("redriven_by").isNull()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"state", "agent_id", "q", "created_after", "sort", "failure_reason"})
  void anEmptyParameterDoesNotMeanAll(String parameter) {
    refused(api.get("/api/tasks" + in + "&" + parameter + "="), parameter);
    refused(api.get("/api/tasks" + in + "&" + parameter), parameter);
    refused(api.get("/api/tasks" + in + "&" + parameter + "=%20%20"), parameter);
  }

  @Test
  void aTokenIsForTheWorkspaceThatIsNamedOrForNone() {
    refused(api.post("/api/tokens", "{\"name\":\"t\",\"workspace_id\":\"\"}"), "workspace_id");
    assertThat(
            refused(
                    api.post("/api/tokens", "{\"name\":\"t\",\"expires_in_days\":-1}"),
                    "expires_in_days")
                .get("reason")
                .asString())
        .isEqualTo("must be between 0 and 36500");
  }

  @ParameterizedTest
  @ValueSource(strings = {"k\\u0001", "k\\u0002", "\\u202e", "a\\u202db", "k\\nl"})
  void aKeyThatWouldHaveToBeChangedIsRefusedAndBecomesNoOthers(String key) {
    var fields =
        "\"title\":\"t\",\"provider\":\"claude\",\"concurrency_key\":\"%s\"".formatted(key);

    refused(api.post("/api/tasks" + in, "{%s}".formatted(fields)), "concurrency_key");
    refused(
        api.post("/api/schedules" + in, "{\"every_seconds\":60,%s}".formatted(fields)),
        "concurrency_key");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1e50", "-1e300", "1e-50"})
  void aPositionThatEventsCouldNotSayIsRefused(String position) {
    var runtime = api.newRuntime(at.id(), "desk", "claude", 1);
    var issue = api.newIssue(at.id(), at.newAgent(runtime, ""));

    refused(api.put("/api/issues/" + issue, "{\"position\":%s}".formatted(position)), "position");
    api.put("/api/issues/" + issue, "{\"position\":1e-20}").ok();
  }

  @Test
  void aBodyThatIsNullIsNoWishForEverything() {
    var task = failed();

    var answer = api.post("/api/dead-letters/redrive" + in, "null");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text()).contains("the body is null");
    assertThat(at.task(task).get("redriven_by").isNull()).isTrue();
  }

  @Test
  void aByteOrderMarkIsPassedOver() {
    api.post("/api/tasks" + in, "\uFEFF{\"title\":\"t\",\"provider\":\"claude\"}").ok();
  }

  @ParameterizedTest
  @ValueSource(strings = {"\u200B\u200B", "\u202E", " \u2060 "})
  void aTitleThatNobodySeesIsNone(String title) {
    var body = "{\"title\":\"%s\",\"provider\":\"claude\"}".formatted(title);

    refused(api.post("/api/tasks" + in, body), "title");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[null]", "[\"task.*\",null]"})
  void anEventThatIsNullIsRefused(String events) {
    var body = "{\"name\":\"e\",\"url\":\"http://localhost:1/\",\"events\":%s}".formatted(events);

    refused(api.post("/api/webhooks" + in, body), "events");
  }

  @ParameterizedTest
  @CsvSource({
    "GET, //api/me, 400, an empty one (//)",
    "GET, /api//tasks, 400, an empty one (//)",
    "GET, /api/./tasks, 400, the path has a part",
    "GET, '/api/tasks;x=1', 400, the path has a part",
    "FOO, /api/me, 501, the method is not known",
  })
  void aRequestThatCannotBeIsToldWhy(String method, String path, int status, String reason) {
    var answer = RawHttp.of(at.muster()).send(method, path, "", "");

    assertThat(answer.status()).as(answer.text()).isEqualTo(status);
    assertThat(answer.text()).contains(reason);
    assertThat(answer.headers().get("content-type")).startsWith("application/problem+json");
  }

  @Test
  void aBodyThatIsCompressedIsRefusedForThat() throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(bytes)) {
      gzip.write("{\"name\":\"s\",\"content\":\"c\"}".getBytes(UTF_8));
    }

    var answer =
        RawHttp.of(at.muster())
            .send(
                "POST",
                "/api/skills" + in,
                "Authorization: Bearer %s\r\nContent-Encoding: gzip\r\n"
                    .formatted(TestMuster.OWNER_TOKEN),
                bytes.toByteArray());

    assertThat(answer.status()).as(answer.text()).isEqualTo(415);
    assertThat(answer.text()).contains("no Content-Encoding is taken");
  }

  @Test
  void aNumberThatIsTooLargeIsNamed() {
    var agent = at.newAgent(api.newRuntime(at.id(), "desk", "claude", 1), "");

    for (var number : List.of("2147483648", "99999999999999999999", "-2147483649")) {
      var body =
          "{\"title\":\"t\",\"agent_id\":\"%s\",\"timeout_seconds\":%s}".formatted(agent, number);
      refused(api.post("/api/tasks" + in, body), "timeout_seconds");
    }
    refused(
        api.post(
            "/api/tasks" + in,
            "{\"title\":\"t\",\"agent_id\":\"%s\",\"run_after\":\"\"}".formatted(agent)),
        "run_after");
  }

  @Test
  void oneInputThatIsNestedTooDeepDoesNotCostItsNeighbours() {
    var runtime = api.newRuntime(at.id(), "desk", "claude", 1);
    var task = at.newTask(at.newAgent(runtime, ""), "");
    api.claim(runtime, 20);
    api.start(task).ok();
    var deep = "{\"a\":".repeat(1_500) + "1" + "}".repeat(1_500);

    var stored =
        at.write(
                task,
                "messages",
                1,
                "{\"messages\":[{\"seq\":1,\"type\":\"text\",\"content\":\"a\"},{\"seq\":2,\"type\":\"tool_use\",\"tool\":\"t\",\"input\":%s},{\"seq\":3,\"type\":\"text\",\"content\":\"b\"}]}"
                    .formatted(deep))
            .ok();

    assertThat(stored.get("stored").asInt()).isEqualTo(3);
    assertThat(api.get("/api/tasks/" + task + "/messages").ok().size()).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"nope", "Bob <b@ex.com>", "a@ex.com,c@ex.com", "a b@ex.com", "a@", "@ex.com"})
  void aMemberHasOneAddress(String email) {
    refused(
        api.post("/api/workspaces/" + at.id() + "/members", "{\"email\":\"%s\"}".formatted(email)),
        "email");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a b",
        "-a-",
        "a/../b?x#y",
        "a--b",
        "5b7e9a5e-6a55-4b6e-9f0e-0d7d5d7c2f11",
        "5B7E9A5E6A554B6E9F0E0D7D5D7C2F11"
      })
  void aSlugIsAWordOfAnAddress(String slug) {
    refused(
        api.post("/api/workspaces", "{\"name\":\"n\",\"slug\":\"%s\"}".formatted(slug)), "slug");
  }

  @Test
  void aTaskThatNamesNoAgentIsNobodysAgents() {
    var theirs =
        Api.id(
            api.post(
                    "/api/agents" + in,
                    "{\"name\":\"Pro\",\"provider\":\"prov9\",\"instructions\":\"Speak Latin.\",\"max_concurrent_tasks\":1}")
                .ok());

    var task = api.post("/api/tasks" + in, "{\"title\":\"any\",\"provider\":\"prov9\"}").ok();
    var again = api.post("/api/tasks" + in, "{\"title\":\"more\",\"provider\":\"prov9\"}").ok();

    assertThat(task.get("agent_id").asString()).isNotEqualTo(theirs.toString());
    assertThat(again.get("agent_id")).isEqualTo(task.get("agent_id"));
  }

  @Test
  void aClaimThatWouldWaitForARuntimeThatIsGoneIsToldSo() {
    var path = "/api/daemon/runtimes/%s/tasks/claim".formatted(UUID.randomUUID());

    assertThat(api.send("POST", path, "{}", "Prefer", "wait=5").status()).isEqualTo(404);
    assertThat(api.post(path, "{}").ok().get("task").isNull()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "'/ws?workspace_id=%s&heartbeat=yes', 400",
    "'/ws?workspace_id=%s&heartbeat=', 400",
  })
  void aSocketThatCannotBeAsItIsAskedForIsRefused(String path, int status) {
    assertThat(api.get(path.formatted(at.id())).status()).isEqualTo(status);
  }

  @ParameterizedTest
  @ValueSource(strings = {"SystemV/PST8PDT", "SystemV/EST5"})
  void aZoneOfJavasOwnIsNone(String zone) {
    var agent = at.newAgent(api.newRuntime(at.id(), "desk", "claude", 1), "");

    refused(
        api.post(
            "/api/schedules" + in,
            "{\"title\":\"s\",\"agent_id\":\"%s\",\"cron\":\"@daily\",\"time_zone\":\"%s\"}"
                .formatted(agent, zone)),
        "time_zone");
  }
}
