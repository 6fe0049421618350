package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The reference as a browser shows it, under the same rules as the page: no script, style or
/// picture from elsewhere.
@Tag("browser")
class PageReferenceTest {
  private final TestMuster muster = TestMuster.get();

  @Test
  void theRoutesAreShownAndAnOperationCanBeTried() {
    try (var browser = new Browser()) {
      browser.open(muster.url() + "/docs");
      browser.sees(".info .title", "Muster");
      browser.seesMoreThan(".opblock-tag", 10);

      browser.click("#operations-tag-Server");
      browser.click("#operations-Server-health button.opblock-summary-control");
      browser.click("#operations-Server-health .try-out button");
      browser.click("#operations-Server-health button.execute");
      browser.sees("#operations-Server-health .live-responses-table", "ok");

      assertThat(browser.complaints()).isEmpty();
    }
  }

  @Test
  void theEventsAreShownWithTheirMembers() {
    try (var browser = new Browser()) {
      browser.open(muster.url() + "/docs/events.html");
      browser.sees("#events", "task.queued");

      browser.click("#events details:nth-of-type(1) summary");
      browser.sees("#events details[open]", "always");

      assertThat(browser.complaints()).isEmpty();
    }
  }
}
