package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What owners and admins set up on the page: runtimes and agents.
@Tag("browser")
class PageSetupTest {
  private final TestWorkspace at = TestWorkspace.make();
  private final Browser browser = new Browser();

  /// What the browser may complain of: a refused request, where a test provokes one.
  private String expected = "";

  @AfterEach
  void theBrowserHasNothingToComplainOf() {
    try (browser) {
      assertThat(browser.complaints())
          .allSatisfy(line ->
              assertThat(expected).isNotEmpty().satisfies(part -> assertThat(line).contains(part)));
    }
  }

  private void signIn() {
    browser.signIn(at.api(), at.id().toString());
  }

  @Test
  void connectingMakesATokenOfADaemonsThatEnds() {
    signIn();
    browser.go("#/connect");
    browser.clear("#field-name");
    browser.type("#field-name", "my desk");
    browser.button("Show what to run");
    browser.sees(".connect-result", "MUSTER_TOKEN=mul_");

    var made = at.api().get("/api/workspaces/%s/service-tokens".formatted(at.id())).ok().get(0);
    assertThat(made.get("name").asString()).isEqualTo("my desk");
    assertThat(made.get("scope").asString()).isEqualTo("daemon");
    assertThat(Instant.parse(made.get("expires_at").asString()))
        .isBetween(
            Instant.now().plus(Duration.ofDays(89)), Instant.now().plus(Duration.ofDays(91)));
    assertThat(browser.text(".connect-result pre"))
        .contains("--workspace " + at.id(), "--work muster-work/shell-my-desk");
  }

  @Test
  void eachKindIsRunInItsWayWithTheSameToken() {
    signIn();
    browser.go("#/connect");
    browser.button("Show what to run");
    browser.sees(".connect-result", "--provider shell");
    var token = token();

    browser.click("input[value=claude]");
    browser.sees(".connect-result", "--command 'claude -p");
    browser.click("input[value=codex]");
    browser.sees(".connect-result", "--command 'codex exec");
    browser.click("input[value=multica]");
    browser.sees(".connect-result", "| multica --server-url " + at.api().url() + " login --token");
    browser.sees(".connect-result", "multica daemon start");
    assertThat(browser.text(".connect-result pre")).contains(token);
    assertThat(at.api().get("/api/workspaces/%s/service-tokens".formatted(at.id())).ok())
        .hasSize(1);
  }

  @Test
  void whatIsConnectedNextGetsATokenOfItsOwn() {
    signIn();
    browser.go("#/connect");
    browser.button("Show what to run");
    browser.sees(".connect-result", "--provider shell");
    var first = token();
    at.api().as(first).newRuntime(at.id(), "laptop", "shell", 1);
    browser.sees(".arrival", "is connected");

    browser.click("input[value=codex]");
    browser.button("Show what to run");

    browser.sees(".connect-result", "--command 'codex exec");
    assertThat(token()).isNotEqualTo(first);
  }

  private String token() {
    return browser.text(".connect-result pre").replaceAll("(?s).*(mul_[0-9a-f]{40}).*", "$1");
  }

  @Test
  void aCommandWithQuotesIsOneWordForTheShell() {
    signIn();
    browser.go("#/connect");
    browser.clear("#field-command");
    browser.type("#field-command", "echo 'it''s' \"$HOME\"");
    browser.button("Show what to run");

    browser.sees(".connect-result", "--command 'echo '\\''it'\\'''\\''s'\\'' \"$HOME\"'");
  }

  @Test
  void aMemberIsShownNothingThatOnlyAdminsMayDo() {
    var users = new Users(at.muster());
    var person = users.newUser();
    users.join(person, at.id(), "member");
    browser.signIn(users.api(person, Users.Narrowing.NONE), at.id().toString());

    browser.sees(".newcomer", "An owner or admin of the workspace can do that.");
    assertThat(browser.ask("document.querySelector('.newcomer .for-admins').offsetParent"))
        .isEqualTo("null");
    browser.go("#/connect");
    browser.sees("#view", "Only an owner or admin of the workspace makes tokens");
    assertThat(browser.count("form")).isZero();
    browser.go("#/agents/new");
    browser.sees("#view", "Only an owner or admin of the workspace may make agents");
  }

  @Test
  void anAgentIsMadeWithAllThatIsCommonlySet() {
    at.api().newRuntime(at.id(), "dm1", "claude", 4);
    signIn();
    browser.go("#/agents/new");
    browser.type("#field-name", "Reviewer");
    browser.choose("#field-runtime_id", "Any runtime that fits");
    browser.type("#field-provider", "claude");
    browser.type("#field-labels", "os=linux, gpu=");
    browser.type("#field-instructions", "Be kind.");
    browser.clear("#field-max_concurrent_tasks");
    browser.type("#field-max_concurrent_tasks", "3");
    browser.choose("#field-visibility", "Its owner and admins");
    browser.click("summary");
    browser.type("#field-rate_per_minute", "20");
    browser.type("#field-tokens_per_day", "5000");
    browser.type("#field-timeout_seconds", "3600");
    browser.type("#field-idle_timeout_seconds", "600");
    browser.click("#field-on_comment");
    browser.button("Create the agent");
    browser.sees("h1", "New task");

    var made = at.api().get("/api/agents?workspace_id=" + at.id()).ok().get(0);
    assertThat(made.get("provider").asString()).isEqualTo("claude");
    assertThat(made.get("labels").get("os").asString()).isEqualTo("linux");
    assertThat(made.get("labels").get("gpu").asString()).isEmpty();
    assertThat(made.get("instructions").asString()).isEqualTo("Be kind.");
    assertThat(made.get("max_concurrent_tasks").asInt()).isEqualTo(3);
    assertThat(made.get("visibility").asString()).isEqualTo("private");
    assertThat(made.get("rate_per_minute").asInt()).isEqualTo(20);
    assertThat(made.get("timeout_seconds").asInt()).isEqualTo(3600);
    assertThat(made.get("idle_timeout_seconds").asInt()).isEqualTo(600);
    assertThat(made.get("triggers").toString())
        .contains("{\"type\":\"on_assign\",\"enabled\":true}", "on_comment\",\"enabled\":false");
    var budget = at.api().get("/api/agents/%s/budget".formatted(Api.id(made))).ok();
    assertThat(budget.get("tokens_per_day").asInt()).isEqualTo(5000);
  }

  @Test
  void whatIsRefusedOfAnAgentIsSaidAtItsField() {
    expected = "the server responded with a status of 400";
    at.api().newRuntime(at.id(), "dm1", "claude", 4);
    signIn();
    browser.go("#/agents/new");

    browser.button("Create the agent");
    browser.sees("#error-name", "name is required");
    browser.type("#field-name", "Reviewer");
    browser.clear("#field-max_concurrent_tasks");
    browser.type("#field-max_concurrent_tasks", "99999");
    browser.button("Create the agent");
    browser.sees("#error-max_concurrent_tasks", "must be between 1 and 10000");
    assertThat(browser.text("#error-name")).isEmpty();
    assertThat(browser.ask("document.activeElement.id")).isEqualTo("field-max_concurrent_tasks");
    assertThat(at.api().get("/api/agents?workspace_id=" + at.id()).ok()).isEmpty();
  }

  @Test
  void anAgentIsChangedAndKeepsWhatTheFormDoesNotShow() {
    var runtime = at.api().newRuntime(at.id(), "dm1", "claude", 4);
    var agent = at.newAgent(runtime, ",\"model\":\"m1\",\"custom_args\":[\"-v\"]");
    signIn();
    browser.go("#/fleet");
    browser.click("#view a[href='#/agents/%s']".formatted(agent));
    browser.sees("h1", "Agent");
    browser.clear("#field-name");
    browser.type("#field-name", "Renamed");
    browser.button("Save");
    browser.sees("h1", "Fleet");
    browser.sees("#view", "Renamed");

    var now = at.api().get("/api/agents/" + agent).ok();
    assertThat(now.get("name").asString()).isEqualTo("Renamed");
    assertThat(now.get("runtime_id").asString()).isEqualTo(runtime.toString());
    assertThat(
            at.db()
                .sql("SELECT (l.*)::text FROM agent_launch l WHERE agent_id = :id")
                .param("id", agent)
                .query(String.class)
                .single())
        .contains("m1", "-v");
  }

  @Test
  void aRuntimeIsPausedAndResumedAndRemovedWhenItIsGone() {
    var runtime = at.api().newRuntime(at.id(), "dm1", "claude", 4);
    signIn();
    browser.go("#/fleet");
    browser.button("Pause");
    browser.sees("#view", "Paused");
    assertThat(intake()).isEqualTo("paused");
    browser.button("Resume");
    browser.button("Drain");
    browser.sees("#view", "Draining");
    assertThat(intake()).isEqualTo("draining");

    at.api().post("/api/daemon/deregister", "{\"runtime_ids\":[\"%s\"]}".formatted(runtime)).ok();
    browser.button("Remove");
    browser.button("Remove it");
    browser.sees("#toasts", "is removed");
    assertThat(at.api().get("/api/runtimes?workspace_id=" + at.id()).ok()).isEmpty();
  }

  @Test
  void aRuntimeIsRenamed() {
    var runtime = at.api().newRuntime(at.id(), "dm1", "claude", 4);
    signIn();
    browser.go("#/runtimes/" + runtime);
    browser.button("Rename");
    browser.clear("dialog input");
    browser.type("dialog input", "Build <b>machine</b>");
    browser.click("dialog button.main");
    browser.sees("h1", "Build <b>machine</b>");
    browser.sees("#toasts", "is now Build <b>machine</b>");
    assertThat(
            at.api()
                .get("/api/runtimes?workspace_id=" + at.id())
                .ok()
                .get(0)
                .get("name")
                .asString())
        .isEqualTo("Build <b>machine</b>");
  }

  private String intake() {
    var runtimes = at.api().get("/api/runtimes?workspace_id=" + at.id()).ok();
    return runtimes.get(0).get("intake").asString();
  }

  @Test
  void theFormsFitOnAPhone() {
    signIn();
    browser.onAPhone(360);
    for (var hash : List.of("#/connect", "#/agents/new", "#/settings")) {
      browser.go(hash);
      browser.sees("h1", "");

      assertThat(browser.ask("document.documentElement.scrollWidth")).as(hash).isEqualTo("360");
    }
  }
}
