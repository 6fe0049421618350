package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The page's webhooks.
@Tag("browser")
class PageWebhooksTest {
  private final TestWorkspace at = TestWorkspace.make();
  private final String in = "?workspace_id=" + at.id();
  private final Browser browser = new Browser();
  private final Receiver receiver = new Receiver();

  @AfterEach
  void theBrowserHasNothingToComplainOf() {
    receiver.close();
    try (browser) {
      assertThat(browser.complaints()).isEmpty();
    }
  }

  @Test
  void aWebhookIsMadeLookedAtRedrivenAndDeleted() {
    receiver.answer("/hook", _ -> 500);
    browser.signIn(at.api(), at.id().toString());
    browser.go("#/webhooks");
    browser.sees("#view", "There are none");
    browser.click(".new-token summary");
    browser.type("#field-name", "CI");
    browser.type("#field-url", "ftp://example.com");
    browser.button("Make the webhook");
    browser.sees("#error-url", "must begin with https://");
    // The browser itself notes the answer.
    assertThat(browser.complaints()).singleElement().asString().contains("400");

    browser.clear("#field-url");
    browser.type("#field-url", receiver.url("/hook"));
    browser.clear("#field-events");
    browser.type("#field-events", "issue.*");
    browser.button("Make the webhook");
    browser.sees("#view [role=status]", "whsec_");
    at.api().post("/api/issues" + in, "{\"title\":\"I\"}").ok();
    var webhook = at.api().get("/api/webhooks" + in).ok().get("items").get(0);
    var path = "/api/webhooks/" + Api.id(webhook);
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> at.api().get(path).ok().get("waiting").asInt() == 1);
    at.db()
        .sql("UPDATE webhook_delivery SET failed = true WHERE webhook_id = :id")
        .param("id", Api.id(webhook))
        .update();
    browser.go("#/settings");
    browser.sees("#view", "events that are sent to servers");
    browser.go("#/webhooks");
    browser.sees("#view tbody", "answered 500");
    browser.click("[aria-label='Look CI']");
    browser.sees("[aria-label='What was not taken']", "issue.created");
    receiver.answer("/hook", _ -> 200);
    browser.button("Send again what was given up");
    browser.sees("#toasts", "1 event is sent again");
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> at.api().get(path).ok().get("delivered").asInt() == 1);
    browser.click("[aria-label='Disable CI']");
    browser.sees("#toasts", "CI is switched off");
    browser.click("[aria-label='Delete CI']");
    browser.click("dialog button.danger");
    browser.sees("#view", "There are none");
  }
}
