package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The page's schedules.
@Tag("browser")
class PageSchedulesTest {
  private final TestWorkspace at = TestWorkspace.make();
  private final String in = "?workspace_id=" + at.id();
  private final Browser browser = new Browser();

  @AfterEach
  void theBrowserHasNothingToComplainOf() {
    try (browser) {
      assertThat(browser.complaints()).isEmpty();
    }
  }

  @Test
  void aScheduleIsMadeRunPausedAndDeleted() {
    at.api().post("/api/agents" + in, "{\"name\":\"Reporter\",\"provider\":\"none\"}").ok();
    browser.signIn(at.api(), at.id().toString());
    browser.go("#/schedules");
    browser.sees("#view", "There are none");
    browser.click(".new-token summary");
    browser.type("#field-title", "Nightly");
    browser.type("#field-cron", "30 25 * * *");
    browser.button("Make the schedule");
    browser.sees("#error-cron", "position 4");
    // The browser itself notes the answer.
    assertThat(browser.complaints()).singleElement().asString().contains("400");

    browser.clear("#field-cron");
    browser.type("#field-cron", "30 2 * * *");
    browser.button("Make the schedule");
    browser.sees("#view tbody", "30 2 * * *");
    browser.click("[aria-label='Run now Nightly']");
    browser.sees("#toasts", "Nightly has a new task");
    browser.click("[aria-label='Pause Nightly']");
    browser.sees("#view tbody", "paused");
    browser.click("[aria-label='Resume Nightly']");
    browser.sees("#toasts", "Nightly goes on");
    browser.click("[aria-label='Delete Nightly']");
    browser.click("dialog button.danger");

    browser.sees("#view", "There are none");
    assertThat(at.api().get("/api/tasks" + in).ok().get("total").asInt()).isEqualTo(1);
  }
}
