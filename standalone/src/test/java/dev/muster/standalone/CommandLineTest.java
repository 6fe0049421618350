package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.muster.cli.Cli;
import dev.muster.cli.Output;
import dev.muster.standalone.fault.Fate;
import dev.muster.standalone.fault.FaultProxy;
import dev.muster.standalone.fault.Rule;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A person at the command line, from signing in to a finished task.
class CommandLineTest {
  private static final int NOT_ALLOWED = 3;
  private static final int NOT_FOUND = 4;
  private static final int REFUSED = 5;
  private static final int NO_ANSWER = 6;

  private final TestWorkspace at = TestWorkspace.make();
  private final Map<String, String> environment = new HashMap<>();
  @TempDir private Path directory;

  private record Said(int code, String out, String err) {
    JsonNode json() {
      return JsonMapper.shared().readTree(out);
    }

    Said ok() {
      assertThat(code).as("%s%s", out, err).isZero();
      return this;
    }
  }

  private Said run(String... arguments) {
    var out = new ByteArrayOutputStream();
    return run(out, () -> out.toString(StandardCharsets.UTF_8), arguments);
  }

  private Said run(OutputStream out, Supplier<String> text, String... arguments) {
    var err = new StringWriter();
    var cli = Cli.of("0", environment, new Output(out), new PrintWriter(err));
    return new Said(cli.run(List.of(arguments)), text.get(), err.toString());
  }

  @BeforeEach
  void signIn() throws IOException {
    Files.writeString(directory.resolve("token"), TestMuster.OWNER_TOKEN);
    environment.put("MUSTER_DATA", directory.toString());
    environment.put("MUSTER_CONFIG", directory.resolve("config.json").toString());
    run("login", "--local", "--url", at.muster().url()).ok();
    run("workspace", "use", at.id().toString()).ok();
  }

  @Test
  void fromAnAgentToAFinishedTask() throws Exception {
    var runtime = at.api().newRuntime(at.id(), "desk", "claude", 2);
    var name = run("runtime", "list", "-o", "json").ok().json().get(0).get("name").asString();
    run("agent", "create", "builder", "--runtime", name, "--max-tasks", "2").ok();

    try (var person = Executors.newVirtualThreadPerTaskExecutor()) {
      var waiting =
          person.submit(() -> run("task", "create", "Mend it", "--agent", "builder", "--wait"));
      var claimed = at.api().claim(runtime, 20);
      var task = UUID.fromString(claimed.get("id").asString());
      var generation = claimed.get("claim_generation").asLong();
      assertThat(at.write(task, "start", generation, "{}").status()).isEqualTo(200);
      at.write(
              task,
              "messages",
              generation,
              "{\"messages\":[{\"seq\":1,\"type\":\"text\",\"content\":\"looking\\u001b[2J\"},"
                  + "{\"seq\":2,\"type\":\"tool_result\",\"tool\":\"bash\",\"output\":\"mended\"}]}")
          .ok();
      at.write(task, "complete", generation, "{\"output\":\"done\"}").ok();

      var said = waiting.get().ok();
      assertThat(said.out()).isEqualTo("looking\uFFFD[2J\nmended\n");
      assertThat(said.err()).contains("Task " + task).contains("[bash]").endsWith("completed\n");
      assertThat(run("task", "logs", task.toString()).ok().out()).isEqualTo(said.out());
      assertThat(run("task", "show", task.toString()).ok().out())
          .contains("completed")
          .contains("Mend it");
      assertThat(run("events", "--subject", task.toString()).ok().out().lines())
          .hasSize(5)
          .last()
          .asString()
          .contains("task.completed");

      var again = run("task", "retry", task.toString(), "-o", "json").ok().json().get(0);
      assertThat(again.get("status").asString()).isEqualTo("queued");
      var cancelled = run("task", "cancel", again.get("id").asString(), "-o", "json").ok().json();
      assertThat(cancelled.get(0).get("status").asString()).isEqualTo("cancelled");
      assertThat(run("task", "list", "--status", "completed").ok().out().lines())
          .hasSize(2)
          .last()
          .asString()
          .contains(task.toString())
          .contains("builder")
          .contains("Mend it");
    }
  }

  @Test
  void aTaskThatDidNotCompleteEndsTheWaitWithOne() throws Exception {
    var runtime = at.api().newRuntime(at.id(), "desk", "claude", 1);
    run("agent", "create", "builder", "--provider", "claude").ok();
    try (var person = Executors.newVirtualThreadPerTaskExecutor()) {
      var waiting =
          person.submit(() ->
              run("task", "create", "t", "--agent", "builder", "--max-attempts", "1", "--wait"));
      var claimed = at.api().claim(runtime, 20);
      var task = UUID.fromString(claimed.get("id").asString());
      var generation = claimed.get("claim_generation").asLong();
      at.write(task, "start", generation, "{}").ok();
      at.write(task, "fail", generation, "{\"error\":\"exit 127\"}").ok();

      var said = waiting.get();
      assertThat(said.code()).isEqualTo(1);
      assertThat(said.err()).contains("exit 127");
    }
  }

  @Test
  void agentsRuntimesTokensAndMembersAreSteered() {
    at.api().newRuntime(at.id(), "desk", "claude", 2);
    var runtime = run("runtime", "list", "-o", "json").ok().json().get(0).get("id").asString();
    run("agent", "create", "one", "--provider", "claude", "--label", "gpu=yes").ok();
    run("agent", "edit", "one", "--name", "two", "--rate", "5").ok();
    var agent = run("agent", "list", "-o", "json").ok().json().get(0);
    assertThat(agent.get("name").asString()).isEqualTo("two");
    assertThat(agent.get("labels").get("gpu").asString()).isEqualTo("yes");
    assertThat(agent.get("rate_per_minute").asInt()).isEqualTo(5);

    for (var verb : List.of("pause", "drain")) {
      assertThat(run("agent", verb, "two", "-o", "json").ok().json().get("intake").asString())
          .startsWith(verb);
      assertThat(run("runtime", verb, runtime, "-o", "json").ok().json().get("intake").asString())
          .startsWith(verb);
    }
    run("agent", "resume", "two").ok();
    run("runtime", "resume", runtime).ok();
    assertThat(
            run("runtime", "rename", runtime, "Desk by the window", "-o", "json")
                .ok()
                .json()
                .get("name")
                .asString())
        .isEqualTo("Desk by the window");
    run("runtime", "resume", "Desk by the window").ok();
    var changes = run("workspace", "audit", "-o", "json").ok().json();
    assertThat(changes.valueStream().map(change -> change.get("action").asString()))
        .contains("PATCH /api/runtimes/{id}", "POST /api/agents/{id}/drain", "POST /api/agents");
    assertThat(run("workspace", "audit").ok().out()).contains("ACTOR", "Owner", "name");
    run("agent", "delete", "two").ok();
    assertThat(run("agent", "list", "-o", "json").ok().json()).isEmpty();

    var token = run("token", "create", "laptop").ok().out().strip();
    assertThat(token).startsWith("mul_");
    var id =
        run("token", "list", "-o", "json")
            .ok()
            .json()
            .valueStream()
            .filter(one -> token.startsWith(one.get("token_prefix").asString()))
            .findFirst()
            .orElseThrow();
    run("token", "revoke", id.get("id").asString()).ok();
    assertThat(run("token", "revoke", id.get("id").asString()).code()).isEqualTo(NOT_FOUND);

    run("member", "add", "ann@" + at.id(), "--role", "admin").ok();
    assertThat(run("member", "list").ok().out()).contains("ann@" + at.id());
    run("member", "remove", "ann@" + at.id()).ok();
  }

  @Test
  void aScheduleByItsTitle() {
    run("schedule", "create", "Nightly", "--provider", "none", "--cron", "30 2 * * *").ok();
    run("schedule", "edit", "nightly", "--time-zone", "Europe/Berlin", "--overlap", "queue").ok();
    assertThat(run("schedule", "list").ok().out()).contains("30 2 * * * Europe/Berlin");
    assertThat(run("schedule", "show", "Nightly", "-o", "json").ok().json().get("next_runs"))
        .hasSize(5);
    run("schedule", "pause", "Nightly").ok();
    var ran = run("schedule", "run", "Nightly").ok().out().strip();
    assertThat(run("task", "show", ran, "-o", "json").ok().json().get("schedule_id").isString())
        .isTrue();
    run("schedule", "resume", "Nightly").ok();
    var wrong = run("schedule", "create", "Never", "--provider", "none", "--cron", "0 24 * * *");
    assertThat(wrong.code()).isEqualTo(REFUSED);
    assertThat(wrong.err()).contains("cron").contains("position 3");
    run("schedule", "delete", "Nightly").ok();
    assertThat(run("schedule", "show", "Nightly").code()).isEqualTo(NOT_FOUND);
  }

  @Test
  void aWebhookByItsName() {
    var url = "http://localhost:1/";
    var secret = run("webhook", "create", "CI", "--url", url, "--event", "skill.*").ok().out();
    assertThat(secret.strip()).startsWith("whsec_");
    assertThat(run("webhook", "rotate", "CI", "--keep", "0").ok().out()).isNotEqualTo(secret);
    run("webhook", "edit", "ci", "--event", "task.failed", "--event", "member.*").ok();
    run("webhook", "disable", "CI").ok();
    assertThat(run("webhook", "list").ok().out()).contains(url, "[\"task.failed\",\"member.*\"]");
    assertThat(run("webhook", "enable", "CI").ok().out()).contains("true");
    assertThat(run("webhook", "deliveries", "CI", "-o", "json").ok().json()).isEmpty();
    assertThat(run("webhook", "redrive", "CI").ok().out().strip()).isEqualTo("0");
    expect(REFUSED, "events", "webhook", "edit", "CI", "--event", "nothing");
    run("webhook", "delete", "CI").ok();
    assertThat(run("webhook", "show", "CI").code()).isEqualTo(NOT_FOUND);
  }

  @Test
  void refusalsHaveASentenceAndACode() {
    expect(NOT_FOUND, "task not found", "task", "show", UUID.randomUUID().toString());
    expect(NOT_FOUND, "There is no agent nobody.", "task", "create", "t", "--agent", "nobody");
    expect(NOT_FOUND, "There is no workspace none.", "task", "list", "-w", "none");
    expect(REFUSED, "priority", "task", "create", "t", "--provider", "claude", "--priority", "now");
    environment.put("MUSTER_TOKEN", "mul_nobody");
    expect(NOT_ALLOWED, "invalid token", "task", "list");
    environment.put("MUSTER_URL", "http://127.0.0.1:1");
    expect(NO_ANSWER, "No answer from http://127.0.0.1:1", "whoami");
    environment.put("MUSTER_URL", "127.0.0.1:1");
    expect(REFUSED, "127.0.0.1:1 is no address", "whoami");
    for (var address : List.of("http://localhost:99999", "http://a_b:80", "ftp://localhost")) {
      environment.put("MUSTER_URL", address);
      expect(REFUSED, address + " is no address", "whoami");
    }
    environment.put("MUSTER_URL", "HTTP://127.0.0.1:1");
    expect(NO_ANSWER, "No answer from", "whoami");
  }

  @Test
  void anEmptyIdIsNoneOfAllThings() {
    for (var command :
        List.of(
            List.of("task", "show", ""),
            List.of("task", "logs", " "),
            List.of("token", "revoke", ""))) {
      expect(REFUSED, "A name or id is empty.", command.toArray(String[]::new));
    }
    var said = run("task", "cancel", "");
    assertThat(said.code()).isEqualTo(REFUSED);
    assertThat(said.err()).contains("A name or id is empty.");
  }

  private void expect(int code, String sentence, String... arguments) {
    var said = run(arguments);
    assertThat(said.code()).as("%s", said.err()).isEqualTo(code);
    assertThat(said.out()).isEmpty();
    assertThat(said.err()).contains(sentence);
  }

  @Test
  void aSlugIsTheOneThatIsWrittenExactlySo() {
    var slug = "case-" + at.id();
    var body = "{\"name\":\"n\",\"slug\":\"%s\"}";
    var small = Api.id(at.api().post("/api/workspaces", body.formatted(slug)).ok());
    var capital =
        at.api().post("/api/workspaces", body.formatted(slug.toUpperCase(Locale.ROOT))).ok();

    run("agent", "create", "one", "--provider", "claude", "-w", slug).ok();

    var agents = "/api/agents?workspace_id=";
    assertThat(at.api().get(agents + small).ok().size()).isEqualTo(1);
    assertThat(at.api().get(agents + Api.id(capital)).ok().size()).isZero();
    assertThat(run("agent", "list", "-w", slug.replace("case", "Case")).code()).isEqualTo(REFUSED);
  }

  @ParameterizedTest
  @CsvSource({
    "http://localhost:1, nothing takes connections there",
    "http://no.such.host.invalid, there is no host of that name",
  })
  void whyNobodyAnswersIsSaidInWords(String url, String why) {
    environment.put("MUSTER_URL", url);

    var said = run("workspace", "list");

    assertThat(said.code()).isEqualTo(NO_ANSWER);
    assertThat(said.err()).contains("No answer from " + url + ": " + why);
  }

  @Test
  void followingBeginsNowAlsoWhereTheBeginningOfTheLogIsGone() throws Exception {
    at.newTask("{\"title\":\"old\",\"provider\":\"claude\"}");
    at.muster().feed().complete(at.muster(), at.id());
    at.db()
        .sql("DELETE FROM event_log WHERE workspace_id = :workspace")
        .param("workspace", at.id())
        .update();
    var out = new ByteArrayOutputStream();
    var cli = Cli.of("0", environment, new Output(out), new PrintWriter(new StringWriter()));
    var following = Thread.ofPlatform().start(() -> cli.run(List.of("events", "-f")));

    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> {
          at.newTask("{\"title\":\"new\",\"provider\":\"claude\"}");
          return out.toString(StandardCharsets.UTF_8).contains("task.queued");
        });

    following.interrupt();
    following.join();
    assertThat(run("events").err()).contains("it begins with");
  }

  @Test
  void whatStandsOnALaterPageIsThereToo() {
    var runtime = at.api().newRuntime(at.id(), "desk", "claude", 1);
    var long250k = "x".repeat(250_000);
    for (var i = 0; i < 7; i++) {
      var agent = Map.of("name", "big" + i, "runtime_id", runtime, "instructions", long250k);
      at.api()
          .post(
              "/api/agents?workspace_id=" + at.id(), JsonMapper.shared().writeValueAsString(agent))
          .ok();
      run(
              "schedule",
              "create",
              "plan" + i,
              "--cron",
              "0 0 1 1 *",
              "--agent",
              "big0",
              "--prompt",
              long250k)
          .ok();
    }

    assertThat(run("agent", "list", "-o", "json").ok().json()).hasSize(7);
    assertThat(run("schedule", "list", "-o", "json").ok().json()).hasSize(7);
    run("agent", "pause", "big6").ok();
    run("schedule", "pause", "plan0").ok();
  }

  @Test
  void aTokenThatWasCopiedWithMoreThanItselfIsToldAndNotShown() {
    environment.put("MUSTER_URL", at.muster().url());
    environment.put("MUSTER_TOKEN", "\u201cmul_secret\u201d");

    var said = run("whoami");

    assertThat(said.code()).isEqualTo(3);
    assertThat(said.err()).contains("in no token").doesNotContain("mul_secret");
  }

  @Test
  void aTextThatBeginsWithAnAtIsNoFile() throws IOException {
    var file = Files.writeString(directory.resolve("words"), "--priority urgent");
    at.api().newRuntime(at.id(), "desk", "claude", 1);

    for (var title : List.of("@" + file, "@@mention", "@nobody")) {
      var made = run("task", "create", title, "--provider", "claude", "-o", "json").ok().json();
      assertThat(issue(made).get("title").asString()).isEqualTo(title);
    }
  }

  private JsonNode issue(JsonNode task) {
    return at.api().get("/api/issues/" + task.get("issue_id").asString()).ok();
  }

  @Test
  void aFailedTaskThatIsRetriedIsNoFailureAnyMore() {
    var runtime = at.api().newRuntime(at.id(), "desk", "claude", 1);
    var task = at.newTask("{\"title\":\"t\",\"provider\":\"claude\",\"max_attempts\":1}");
    var generation = at.api().claim(runtime, 20).get("claim_generation").asLong();
    at.write(task, "start", generation, "{}").ok();
    at.write(task, "fail", generation, "{\"error\":\"no\"}").ok();

    var again = run("task", "retry", task.toString(), "-o", "json").ok().json().get(0);

    assertThat(at.task(task).get("redriven_by").asString()).isEqualTo(again.get("id").asString());
  }

  @Test
  void aTaskIsNamedByItsIdTheBeginningOfItOrItsIssue() {
    var task = at.newTask("{\"title\":\"t\",\"provider\":\"claude\"}");
    var identifier = at.task(task).get("issue").get("identifier").asString();
    at.newTask("{\"title\":\"Not %s-999 but like it\",\"provider\":\"claude\"}".formatted("X"));

    for (var name :
        List.of(task.toString().substring(0, 8), identifier, identifier.toLowerCase(Locale.ROOT))) {
      assertThat(run("task", "show", name, "-o", "json").ok().json().get("id").asString())
          .as(name)
          .isEqualTo(task.toString());
    }
    assertThat(run("task", "show", "X-999").code()).isEqualTo(4);
    assertThat(run("task", "show", "00000000").code()).isEqualTo(4);
    assertThat(run("task", "cancel", "nope").code()).isEqualTo(4);
  }

  @Test
  void aServerThatIsAwayForAWhileEndsNoWait() throws Exception {
    var runtime = at.api().newRuntime(at.id(), "desk", "claude", 1);
    var away = Rule.first(11, "GET /api/tasks/[^/]+$", Fate.REQUEST_LOST);
    try (var proxy = FaultProxy.start(at.muster().url(), List.of(away));
        var person = Executors.newVirtualThreadPerTaskExecutor()) {
      environment.put("MUSTER_URL", proxy.url());
      environment.put("MUSTER_TOKEN", TestMuster.OWNER_TOKEN);
      var waiting =
          person.submit(() -> run("task", "create", "Mend it", "--provider", "claude", "--wait"));
      var claimed = at.api().claim(runtime, 20);
      var task = UUID.fromString(claimed.get("id").asString());
      var generation = claimed.get("claim_generation").asLong();
      at.write(task, "start", generation, "{}").ok();
      at.write(task, "complete", generation, "{\"output\":\"done\"}").ok();

      assertThat(waiting.get().ok().err()).contains("(trying again)").endsWith("completed\n");
    }
  }

  @Test
  void aTasksOutputIsPrintedLineForLineAsItWasSaid() {
    var runtime = at.api().newRuntime(at.id(), "desk", "claude", 1);
    var task = at.newTask("{\"title\":\"t\",\"provider\":\"claude\"}");
    var generation = at.api().claim(runtime, 20).get("claim_generation").asLong();
    at.write(task, "start", generation, "{}").ok();
    var said = List.of("# Report", "", "  indented  ", "\t", "two\nlines\n", "end");
    var messages = new ArrayList<String>();
    for (var i = 0; i < said.size(); i++) {
      messages.add(
          JsonMapper.shared()
              .writeValueAsString(Map.of("seq", i + 1, "type", "text", "content", said.get(i))));
    }
    at.write(task, "messages", generation, "{\"messages\":[" + String.join(",", messages) + "]}")
        .ok();

    assertThat(run("task", "logs", task.toString()).ok().out())
        .isEqualTo("# Report\n\n  indented  \n\t\ntwo\nlines\nend\n");
  }

  @ParameterizedTest
  @CsvSource({
    "No space left on device, 7, The output could not be written: No space left on device.",
    "Broken pipe, 141, ''"
  })
  void outputThatCannotBeWrittenIsNoSuccess(String reason, int code, String sentence) {
    var full =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException(reason);
          }
        };

    for (var command : List.of("task list", "events", "--help", "workspace list -o json")) {
      var said = run(full, () -> "", command.split(" "));
      assertThat(said.code()).as(command).isEqualTo(code);
      assertThat(said.err().strip()).isEqualTo(sentence);
    }
  }

  /// With nothing more to write, a program learns that its reader has gone by asking alone.
  @Test
  void whatFollowsEndsWithItsReader() throws Exception {
    at.newTask("{\"title\":\"t\",\"provider\":\"claude\"}");
    at.muster().feed().complete(at.muster(), at.id());
    var shell =
        new ProcessBuilder(
            "bash",
            "-c",
            "\"$0\" --enable-native-access=ALL-UNNAMED -XX:TieredStopAtLevel=1 -cp \"$1\" dev.muster.standalone.Main"
                + " events -f --after 0 | head -1; exit ${PIPESTATUS[0]}",
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            System.getProperty("java.class.path"));
    shell.environment().putAll(environment);
    var running = shell.redirectError(ProcessBuilder.Redirect.DISCARD).start();

    assertThat(running.inputReader().lines()).hasSize(1);
    assertThat(running.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(running.exitValue()).isEqualTo(141);
  }
}
