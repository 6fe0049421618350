package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.muster.standalone.demo.Demo;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/// The page, in a real Chromium.
@Tag("browser")
class PageTest {
  private static final String HOSTILE =
      "<script>document.title = 'owned'</script><img src=x onerror=\\\"document.title ="
          + " 'owned'\\\"> & done";

  private TestWorkspace at = TestWorkspace.make();
  private UUID runtime = new UUID(0, 0);
  private UUID agent = new UUID(0, 0);
  private final Browser browser = new Browser();

  /// What the browser may complain of: a refused request, where a test provokes one.
  private String expected = "";

  @BeforeEach
  void aWorkspaceWithAnAgent() {
    at = TestWorkspace.make();
    runtime = at.api().newRuntime(at.id(), "dm1", "claude", 4);
    agent = at.newAgent(runtime, ",\"max_concurrent_tasks\":4");
  }

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

  private static String column(String state) {
    return ".column[data-state=%s]".formatted(state);
  }

  private UUID running() {
    var task = at.newTask(agent, "");
    at.api().claim(runtime);
    at.api().start(task).ok();
    return task;
  }

  @Test
  void aTaskMovesAcrossTheBoardWithoutAReload() {
    signIn();

    var task = at.newTask("{\"title\":\"Mend the fence\",\"agent_id\":\"%s\"}".formatted(agent));
    browser.sees(column("queued"), "Mend the fence");
    at.api().claim(runtime);
    browser.sees(column("dispatched"), "Mend the fence");
    browser.sees(".strip", "1/4");
    at.api().start(task).ok();
    browser.sees(column("running"), "Mend the fence");
    at.api()
        .post(
            "/api/daemon/tasks/" + task + "/progress",
            "{\"summary\":\"Sawing\",\"step\":1,\"total\":2}")
        .ok();
    browser.sees(column("running"), "1/2 · Sawing");
    at.api().complete(task, "Done").ok();
    browser.sees(column("completed"), "Mend the fence");

    browser.sees(".strip", "0/4");
    assertThat(browser.text(column("running") + " .count")).isEqualTo("0");
  }

  @Test
  void theChartsShowTheHourTheDayOrTheWeekAndWhatAPeriodSays() {
    at.api().complete(running(), "Done").ok();
    signIn();
    browser.sees(".chart:first-child .note", "completed in an hour");
    browser.sees(".chart:first-child .legend", "failed");

    browser.click(".ranges [value='7d']");

    browser.sees(".chart:first-child .note", "completed in 7 days");
    browser.sees(".chart:first-child b", "1");
    browser.sees(".chart:nth-child(2) .note", "median, before a runtime took it");
    browser.ask(
        """
        (() => {
          const drawing = document.querySelector(".chart svg");
          const { right, top } = drawing.getBoundingClientRect();
          drawing.dispatchEvent(new PointerEvent("pointermove", { clientX: right - 0.5, clientY: top + 5 }));
        })()\
        """);
    browser.sees(".chart:first-child .axis", "1 completed, 0 failed");
    browser.reload();
    browser.sees(".chart:first-child .note", "completed in 7 days");
    browser.go("#/agents/" + agent);
    browser.sees(".chart:first-child .note", "completed in an hour");
    browser.sees(".chart:first-child b", "1");
  }

  @Test
  void anAddressThatLeadsNowhereSaysSo() {
    var task = at.newTask(agent, "");
    signIn();

    browser.go("#/nope");
    browser.sees("h1", "There is no such page");
    browser.go("#/tasks/" + task.toString().substring(0, 8));
    browser.sees("tbody", "Work");
    expected = "404";
    browser.go("#/tasks/" + at.id());
    browser.sees("h1", "There is no such task");
    assertThat(browser.text(".task-body")).isEmpty();
  }

  @Test
  void aLongNameOfARuntimeIsCutAndPushesNothingAside() {
    at.api()
        .send("PATCH", "/api/runtimes/" + runtime, "{\"name\":\"%s\"}".formatted("N".repeat(200)))
        .ok();
    signIn();
    browser.sees(".strip", "NNN");

    assertThat(
            browser.ask(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"))
        .isEqualTo("0");
  }

  @Test
  void aTabBesideOneThatIsSignedInNeedsNoTokenAndOneSignsAllOut() {
    signIn();

    browser.newTab(at.api().url() + "/#/tasks");

    browser.sees("#connection", "Live");
    assertThat(browser.ask("localStorage.getItem('muster.token')")).isEqualTo("null");
    browser.click("#leave");
    browser.sees("form.door h1", "Watch your agents work");
    browser.firstTab();
    browser.sees("form.door h1", "Watch your agents work");
    browser.reload();
    browser.sees("form.door h1", "Watch your agents work");
  }

  @Test
  void aTasksPageSaysWhenItsAgentGaveASignAndHowLongItMayGiveNone() {
    var task = at.newTask(agent, ",\"idle_timeout_seconds\":600");
    at.api().claim(runtime);
    at.api().start(task).ok();
    signIn();

    browser.go("#/tasks/" + task);

    browser.sees(".facts", "Last sign");
    browser.sees(".facts", "Silent for at most");
  }

  @Test
  void theDemonstrationIsSeenAtWork(@TempDir Path work) throws Exception {
    var place =
        new Demo.Place(
            URI.create(at.api().url()),
            at.api().token(),
            TestServers.get().kafka(),
            "muster.events",
            work);
    try (var _ = Demo.start(place, _ -> {}, false)) {
      var demo =
          at.db()
              .sql("SELECT id FROM workspace WHERE slug = 'demo'")
              .query((row, _) -> row.getString(1))
              .single();
      browser.signIn(at.api(), demo);

      browser.sees("#runtimes-title + .note", "online");
      browser.sees(".strip", "Local Claude");
      await()
          .atMost(Duration.ofMinutes(1))
          .untilAsserted(
              () -> assertThat(browser.count(column("completed") + " .card")).isGreaterThan(2));
      browser.sees(".chart figcaption", "completed in an hour");
    }
  }

  @Test
  void aTasksPageShowsWhatItSaysWhileItSaysItAndAsTextAlone() {
    var task = running();
    signIn();
    browser.go("#/tasks/" + task);
    browser.sees(".task-head", "Running");

    say(task, 1, HOSTILE);
    browser.sees(".log", "<script>document.title = 'owned'</script>");
    say(task, 2, "And more");
    browser.sees(".log", "And more");

    assertThat(browser.count(".log script, .log img")).isZero();
    assertThat(browser.ask("document.title")).isEqualTo("Work · Muster");
    assertThat(browser.text(".output .note")).isEqualTo("2 lines");
    assertThat(browser.text(".timeline")).contains("Queued", "Assigned", "Claimed", "Started");
  }

  @Test
  void aTasksTimelineTellsEachAttemptWhileItHappens() {
    var task = running();
    signIn();
    browser.go("#/tasks/" + task);
    browser.sees(".timeline", "attempt 1 of 2");

    at.api().post("/api/daemon/tasks/%s/release".formatted(task), "{}").ok();

    browser.sees(".timeline", "back to the queue");
    assertThat(Api.id(at.api().claim(runtime, 20))).isEqualTo(task);
    browser.sees(".timeline", "claim 2");
  }

  @Test
  void aTasksPageLeadsToTheOtherRunsOfItsIssueAndSaysWhoAskedForIt() {
    var task = running();
    at.api().complete(task, "Done").ok();
    signIn();
    browser.go("#/tasks/" + task);
    browser.sees(".crumbs", task.toString());
    browser.sees(".facts", "Owner");

    var again = at.api().post("/api/tasks/%s/rerun".formatted(task), "{}").ok();
    browser.sees(".other-runs", "Queued");
    browser.click(".runs a");

    browser.sees(".crumbs", again.get("id").asString());
    browser.sees(".other-runs", "Completed");
    browser.click(".crumbs a.mono");
    browser.sees(".bar .note", "2 tasks");
  }

  private void say(UUID task, int seq, String text) {
    at.api()
        .post(
            "/api/daemon/tasks/%s/messages".formatted(task),
            "{\"messages\":[{\"seq\":%d,\"type\":\"text\",\"content\":\"%s\"}]}"
                .formatted(seq, text))
        .ok();
  }

  @Test
  void aRunningTaskIsCancelledFromItsPage() {
    var task = running();
    signIn();
    browser.go("#/tasks/" + task);

    browser.button("Cancel");
    browser.button("Cancel the task");

    browser.sees(".task-head", "Cancelling");
    at.api().post("/api/daemon/tasks/%s/cancel-ack".formatted(task), "{}").ok();
    browser.sees(".task-head", "Cancelled");
    browser.sees("dl.facts", "Cancelled by");
    assertThat(at.api().status(task)).isEqualTo("cancelled");
  }

  @Test
  void aWaitingTaskSaysWhyItWaits() {
    var task = at.newTask("{\"title\":\"Think\",\"provider\":\"oracle\"}");
    signIn();
    browser.go("#/tasks/" + task);

    browser.sees(".notice.waits", "No runtime of the workspace offers what the task needs.");
  }

  @Test
  void whatHasFailedForGoodIsRetried() {
    var task = running();
    at.api().post("/api/daemon/tasks/%s/fail".formatted(task), "{\"error\":\"No luck\"}").ok();
    signIn();
    browser.click("#nav a[href='#/failures']");
    browser.sees(".letters", "No luck");

    browser.click(".letter button");

    browser.sees(".task-head", "Queued");
    browser.go("#/failures");
    browser.sees("#view", "Nothing has failed for good");
  }

  @Test
  void aTaskIsMadeByTheForm() {
    signIn();
    browser.press("n");
    browser.type("#field-title", "Paint the door");
    browser.type("#field-prompt", "Green, please");
    browser.button("Queue the task");

    browser.sees("h1", "Paint the door");
    browser.sees(".task-head", "Queued");
    browser.go("#/");
    browser.sees(column("queued"), "Paint the door");
  }

  @Test
  void whatTheServerRefusesIsShownInItsWords() {
    expected = "Failed to load resource: the server responded with a status of 4";
    var task = running();
    at.api().complete(task, "Done").ok();
    at.newTask("{\"title\":\"Next\",\"agent_id\":\"%s\"}".formatted(agent));
    signIn();

    browser.go("#/new");
    browser.button("Queue the task");
    browser.sees("#error-title", "title is required");
    browser.go("#/tasks/" + task);
    at.api().post("/api/agents/%s/drain".formatted(agent), "{}").ok();
    browser.button("Retry");

    browser.sees("#toasts", "takes no new tasks");
  }

  @Test
  void aWrongTokenIsRefusedAndARevokedOneSignsOut() {
    expected = "the server responded with a status of 401";
    browser.open(at.api().url() + "/");
    browser.type("#token", "mul_nonsense");
    browser.click("form.door button");
    browser.sees("#token-error", "The token is not valid");

    var token = at.api().post("/api/tokens", "{\"name\":\"soon gone\"}").ok();
    browser.signIn(at.api().as(token.get("token").asString()), at.id().toString());
    at.api().delete("/api/tokens/" + token.get("id").asString());

    browser.sees("#toasts", "The token is not valid, or no longer.");
    assertThat(browser.count("form.door")).isEqualTo(1);
  }

  @Test
  void theKeyboardIsEnoughToSignInAndToCancel() {
    var task = at.newTask(agent, "");
    browser.open(at.api().url() + "/");
    await()
        .untilAsserted(
            () -> assertThat(browser.ask("document.activeElement.id")).isEqualTo("token"));
    browser.ask("sessionStorage.setItem('muster.workspace', '%s')".formatted(at.id()));
    browser.press(at.api().token(), Keys.ENTER);
    browser.sees(column("queued"), "Work");

    browser.press("j");
    browser.press(Keys.ENTER);
    browser.sees(".task-head", "Queued");
    browser.press("c");
    await().until(() -> browser.count("dialog[open]") == 1);
    browser.press(Keys.ENTER);

    browser.sees(".task-head", "Cancelled");
    browser.sees("dl.facts", "Cancelled by");
    assertThat(at.api().status(task)).isEqualTo("cancelled");
    browser.press("?");
    browser.sees("dialog", "Next or previous task");
    browser.press(Keys.ESCAPE);
    browser.seesNot("dialog");
  }

  @Test
  void aNewcomerIsToldWhatToDoNext() {
    at = new TestWorkspace(at.muster(), at.api(), at.api().newWorkspace());
    signIn();

    browser.sees(".newcomer", "Connect a runtime");
    var fresh = at.api().newRuntime(at.id(), "dm1", "claude", 1);
    browser.sees(".newcomer", "Create an agent");
    at.newAgent(fresh, "");
    browser.sees(".newcomer", "New task");
  }

  @Test
  void allViewsFitOnAPhone() {
    running();
    signIn();
    browser.onAPhone(360);
    for (var hash : List.of("#/", "#/tasks", "#/fleet", "#/failures", "#/new")) {
      browser.go(hash);
      browser.sees("h1", "");

      assertThat(browser.ask("document.documentElement.scrollWidth")).as(hash).isEqualTo("360");
    }
  }

  @Test
  void withFiveThousandOpenTasksTheyAreAllCountedAndThePageStillDoesWhatItIsTold()
      throws Exception {
    var open = 5_000;
    try (var many = Executors.newFixedThreadPool(8)) {
      var made = new java.util.ArrayList<Future<UUID>>();
      for (var i = 0; i < open; i++) {
        made.add(many.submit(() -> at.newTask(agent, "")));
      }
      for (var each : made) {
        each.get();
      }
    }
    signIn();
    browser.sees(column("queued") + " .count", "5,000");
    assertThat(browser.count(column("queued") + " .card")).isLessThan(100);
    browser.click(column("queued") + " .more");
    assertThat(browser.count(column("queued") + " .card")).isBetween(200, 400);

    for (var i = 0; i < 4; i++) {
      at.api().claim(runtime);
    }
    browser.sees(column("queued") + " .count", "4,996");
    browser.click(column("queued") + " .card");
    browser.button("Cancel");
    browser.button("Cancel the task");
    browser.sees(".task-head", "Cancelled");
    browser.go("#/");

    browser.sees(column("queued") + " .count", "4,995");
    browser.sees(column("cancelled") + " .count", "1");
  }
}
