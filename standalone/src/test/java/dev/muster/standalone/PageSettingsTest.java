package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The page's settings: members, and tokens.
@Tag("browser")
class PageSettingsTest {
  private final TestWorkspace at = TestWorkspace.make();
  private final Users users = new Users(at.muster());
  private final Browser browser = new Browser();

  @AfterEach
  void theBrowserHasNothingToComplainOf() {
    try (browser) {
      assertThat(browser.complaints()).isEmpty();
    }
  }

  private String tokens() {
    return "/api/workspaces/%s/service-tokens".formatted(at.id());
  }

  private void open(Api api) {
    browser.signIn(api, at.id().toString());
    browser.go("#/settings");
    browser.sees("#own-title", "Your own tokens");
  }

  @Test
  void aTokenIsShownWithItsScopeAndEndAndIsRevoked() {
    var body = "{\"name\":\"old desk\",\"scope\":\"daemon\",\"expires_in_days\":30}";
    var token = at.api().post(tokens(), body).ok().get("token").asString();
    open(at.api());
    browser.sees("[aria-labelledby=services-title] tbody", "old desk");
    browser.sees("[aria-labelledby=services-title] tbody", "daemon");
    browser.sees("[aria-labelledby=services-title] tbody", "never");
    browser.sees("[aria-labelledby=services-title] tbody", token.substring(0, 12) + "…");

    browser.click("[aria-label='Revoke old desk']");
    browser.button("Keep");
    browser.seesNot("dialog");
    assertThat(at.api().as(token).get("/api/me").status()).isEqualTo(200);
    browser.click("[aria-label='Revoke old desk']");
    browser.click("dialog button.danger");

    browser.sees("#toasts", "Old desk is revoked");
    assertThat(at.api().as(token).get("/api/me").status()).isEqualTo(401);
  }

  @Test
  void aTokenThatIsMadeIsShownOnceAndWatches() {
    open(at.api());
    browser.click(".new-token summary");
    browser.type("#field-name", "wall");
    browser.button("Make the token");
    browser.sees(".command", "mul_");

    var token = browser.text(".command pre").strip();
    assertThat(at.api().as(token).get("/api/me").ok().get("scope").asString()).isEqualTo("watch");
    browser.sees("[aria-labelledby=services-title] tbody", "wall");
  }

  @Test
  void aMembersRoleIsChangedAndTheyAreRemoved() {
    var person = users.newUser();
    users.join(person, at.id(), "member");
    open(at.api());

    browser.choose("[aria-label='Role of U']", "admin");
    await().untilAsserted(() -> assertThat(role(person)).isEqualTo("admin"));
    browser.click("[aria-label='Remove U']");
    browser.click("dialog button.danger");

    browser.sees("#toasts", "U is removed");
    assertThat(role(person)).isEmpty();
  }

  private String role(UUID user) {
    return at.db()
        .sql("SELECT role FROM member WHERE workspace_id = :workspace AND user_id = :user")
        .param("workspace", at.id())
        .param("user", user)
        .query(String.class)
        .optional()
        .orElse("");
  }

  @Test
  void whoChangedWhatIsThereForOwners() {
    var runtime = at.api().newRuntime(at.id(), "desk", "claude", 1);
    var agent = at.newAgent(runtime, "");
    for (var i = 0; i < 11; i++) {
      at.api().post("/api/agents/%s/pause".formatted(agent), "{}").ok();
      at.api().post("/api/agents/%s/resume".formatted(agent), "{}").ok();
    }
    at.api().send("PATCH", "/api/runtimes/" + runtime, "{\"name\":\"Desk\"}").ok();
    open(at.api());

    browser.sees("[aria-labelledby=changes-title] tbody tr:first-child", "Runtimes: changed");
    browser.sees("[aria-labelledby=changes-title] tbody tr:first-child", "Name");
    browser.sees("[aria-labelledby=changes-title] tbody tr:first-child", "Owner");
    browser.sees("[aria-labelledby=changes-title] tbody", "Agents: resume");
    browser.button("Earlier changes");
    browser.sees("[aria-labelledby=changes-title] tbody tr:last-child", "Agents: added");
    assertThat(browser.count("[aria-labelledby=changes-title] tbody tr")).isEqualTo(24);
  }

  @Test
  void aMemberSeesNoTokensButTheirOwnAndChangesNobody() {
    at.api().post(tokens(), "{\"name\":\"old desk\",\"scope\":\"daemon\"}").ok();
    var person = users.newUser();
    users.join(person, at.id(), "member");
    open(users.api(person, Users.Narrowing.NONE));

    browser.sees("[aria-labelledby=members-title] tbody", "Owner");
    assertThat(browser.text("#view")).doesNotContain("old desk").doesNotContain("Remove");
    assertThat(browser.count("#view select, .new-token, #changes-title")).isZero();
  }
}
