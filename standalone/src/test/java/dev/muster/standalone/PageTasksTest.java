package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The page's list of all tasks.
@Tag("browser")
class PageTasksTest {
  private static final String ROW = ".tasks tbody tr";

  private final TestWorkspace at = TestWorkspace.make();
  private UUID runtime = new UUID(0, 0);
  private UUID agent = new UUID(0, 0);
  private final Browser browser = new Browser();

  @BeforeEach
  void aWorkspaceWithAnAgent() {
    runtime = at.api().newRuntime(at.id(), "dm1", "claude", 4);
    agent = at.newAgent(runtime, ",\"max_concurrent_tasks\":4");
  }

  @AfterEach
  void theBrowserHasNothingToComplainOf() {
    try (browser) {
      assertThat(browser.complaints()).isEmpty();
    }
  }

  private void open() {
    browser.signIn(at.api(), at.id().toString());
    browser.go("#/tasks");
  }

  private UUID make(String title) {
    return at.newTask(
        "{\"title\":\"%s\",\"agent_id\":\"%s\",\"max_attempts\":1}".formatted(title, agent));
  }

  private UUID ended(String title, String verb, String report) {
    var task = make(title);
    assertThat(Api.id(at.api().claim(runtime, 20))).isEqualTo(task);
    at.api().start(task).ok();
    at.api().post("/api/daemon/tasks/%s/%s".formatted(task, verb), report).ok();
    return task;
  }

  @Test
  void aViewIsSavedInTheBrowserOpenedAndForgotten() {
    ended("Mend the fence", "fail", "{\"error\":\"No nails\"}");
    make("Mend the roof");
    open();
    browser.choose("#filter-status", "Failed");
    browser.sees(".bar .note", "1 task");
    browser.type("#view-name", "Failures");
    browser.click(".save button");
    browser.sees(".saved", "Failures");
    browser.go("#/tasks");
    browser.sees(".bar .note", "2 tasks");
    browser.reload();
    browser.click(".saved a");

    browser.sees(".bar .note", "1 task");
    browser.click("[aria-label='Forget Failures']");
    assertThat(browser.count(".saved li")).isZero();
  }

  /// From the fleet to a runtime, with what it is and did.
  @Test
  void aRuntimeHasAPageOfItsOwn() {
    ended("Mend the fence", "complete", "{\"output\":\"o\"}");
    var usage =
        "{\"entries\":[{\"date\":\"%s\",\"provider\":\"p\",\"model\":\"m\",\"input_tokens\":4711,\"output_tokens\":1}]}"
            .formatted(LocalDate.now(ZoneOffset.UTC));
    at.api().post("/api/daemon/runtimes/" + runtime + "/usage", usage).ok();
    browser.signIn(at.api(), at.id().toString());
    browser.go("#/fleet");
    browser.click("#view tbody th a");
    browser.sees("h1", "dm1");
    browser.sees(".facts", "0/4");
    browser.sees("#view tbody", "Mend the fence");
    browser.sees("#view", "4,712 in 30 days");
    browser.click("[aria-label^='pause']");

    browser.sees(".facts", "Paused");
    browser.go("#/runtimes/" + UUID.randomUUID());
    browser.sees("#view", "There is no such runtime");
  }

  @Test
  void whatTasksHaveUsedShowsInTheFleetAndOnTheirAgentsPage() {
    var task = make("Mend the fence");
    assertThat(Api.id(at.api().claim(runtime, 20))).isEqualTo(task);
    at.api().start(task).ok();
    at.write(
            task,
            "usage",
            1,
            "{\"usage\":[{\"provider\":\"p\",\"model\":\"m\",\"input_tokens\":4711,\"output_tokens\":1}]}")
        .ok();
    browser.signIn(at.api(), at.id().toString());
    browser.go("#/fleet");

    browser.sees("#view", "4,712 in 30 days");
    browser.sees("[aria-label='Tokens by model'] tbody", "p / m");
    browser.click("[aria-label='Tokens by agent'] tbody a");
    browser.sees("#view", "Works on");
    browser.sees("#view", "4,712 in 30 days");
  }

  @Test
  void tasksAreFoundByTextAndFiltersAndTheAddressKeepsThem() {
    ended("Mend the fence", "fail", "{\"error\":\"No nails\"}");
    make("Mend the roof");
    var door = make("Paint the door");
    open();
    browser.sees(".bar .note", "3 tasks");

    browser.type("#filter-q", "mend");
    browser.sees(".bar .note", "2 tasks");
    browser.choose("#filter-status", "Failed");
    browser.sees(".bar .note", "1 task");
    browser.sees(ROW, "Mend the fence");
    browser.sees(ROW, "Agent error");
    assertThat(browser.ask("location.hash")).isEqualTo("#/tasks?q=mend&status=failed");

    browser.reload();
    browser.sees(".bar .note", "1 task");
    assertThat(browser.ask("document.querySelector('#filter-q').value")).isEqualTo("mend");
    assertThat(browser.ask("document.querySelector('#filter-status').value")).isEqualTo("failed");
    browser.button("Clear");
    browser.sees(".bar .note", "3 tasks");
    browser.type("#filter-q", door.toString().substring(0, 8));
    browser.sees(".bar .note", "1 task");
    browser.click(ROW + " a");
    browser.sees("h1", "Paint the door");
  }

  @Test
  void manyAreCancelledTogetherAfterAQuestion() {
    var over = ended("One", "complete", "{\"output\":\"Done\"}");
    var first = make("Two");
    var second = make("Three");
    open();
    browser.sees(".bar .note", "3 tasks");

    browser.click("#choose-all");
    browser.sees(".bulk .note", "3 tasks chosen");
    browser.button("Cancel 2");
    browser.sees("dialog", "1 task of those chosen is over");
    browser.button("Keep them");
    browser.seesNot("dialog");
    assertThat(at.api().status(first)).isEqualTo("queued");
    browser.button("Cancel 2");
    browser.button("Cancel 2 tasks");

    browser.sees("#toasts", "2 tasks cancelled");
    assertThat(at.api().status(first)).isEqualTo("cancelled");
    assertThat(at.api().status(second)).isEqualTo("cancelled");
    assertThat(at.api().status(over)).isEqualTo("completed");
    browser.sees(ROW, "Cancelled");
  }

  @Test
  void manyAreRetriedTogether() {
    var failed = ended("Mend the fence", "fail", "{\"error\":\"No nails\"}");
    ended("Mend the roof", "complete", "{\"output\":\"Done\"}");
    make("Paint the door");
    open();
    browser.sees(".bar .note", "3 tasks");

    browser.click("#choose-all");
    browser.button("Retry 2");
    browser.sees("dialog", "1 task of those chosen is not over");
    browser.button("Retry 2 tasks");

    browser.sees("#toasts", "2 tasks queued again");
    browser.sees(".bar .note", "5 tasks");
    assertThat(at.task(failed).get("redriven_by").isNull()).isFalse();
  }

  @Test
  void whatHappensShowsByItself() {
    open();
    browser.sees(".none", "There are no tasks yet");

    var task = make("Mend the fence");
    browser.sees(ROW, "Queued");
    at.api().claim(runtime);
    at.api().start(task).ok();
    browser.sees(ROW, "Running");
    at.api().complete(task, "Done").ok();

    browser.sees(ROW, "Completed");
  }

  @Test
  void aLongListGoesOn() {
    for (var i = 0; i < 105; i++) {
      make("Task " + i);
    }
    open();
    browser.sees(".bar .note", "105 tasks");
    assertThat(browser.count(ROW)).isEqualTo(100);

    browser.click(".page > div > .more");
    browser.seesSo(ROW, 105);
    assertThat(browser.text(ROW + ":last-child")).contains("Task 0");
  }
}
