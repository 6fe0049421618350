package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// A person signs in on the page with the company's provider, and out again.
@Tag("browser")
class PageSignInTest {
  @Test
  void aPersonSignsInWithTheProviderAndIsBackWhereTheyWanted() throws IOException {
    var servers = TestServers.get();
    var port = Ports.free();
    var url = "http://127.0.0.1:" + port;
    try (var provider = SignInProvider.start(url + "/oidc/callback");
        var _ =
            Applications.api(
                servers.jdbcUrl(),
                servers.kafka(),
                TestMuster.OWNER_TOKEN,
                "--server.port=" + port,
                "--muster.oidc.issuer=" + provider.issuer(),
                "--muster.oidc.client-id=" + SignInProvider.CLIENT,
                "--muster.oidc.client-secret=" + SignInProvider.SECRET,
                "--muster.oidc.name=Example",
                "--muster.oidc.domains=page.example");
        var browser = new Browser()) {
      var owner = new Api(url, TestMuster.OWNER_TOKEN);
      var workspace = owner.newWorkspace();
      owner
          .post(
              "/api/workspaces/%s/members".formatted(workspace), "{\"email\":\"ada@page.example\"}")
          .ok();
      provider.says("ada", Map.of("email", "ada@page.example", "email_verified", true));
      provider.says("eve", Map.of("email", "eve@elsewhere.example", "email_verified", true));

      browser.open(url + "/#/tasks");
      browser.button("Sign in with Example");
      authenticate(browser, "eve");
      browser.sees("#toasts", "You are not known here");

      browser.open(provider.issuer() + "/logout");
      browser.open(url + "/#/tasks");
      browser.button("Sign in with Example");
      authenticate(browser, "ada");
      browser.sees("h1", "Tasks");
      assertThat(browser.ask("location.hash")).isEqualTo("#/tasks");
      assertThat(browser.ask("document.cookie")).isEqualTo("");

      var token = String.valueOf(browser.ask("sessionStorage.getItem('muster.token')"));
      assertThat(owner.as(token).get("/api/me").status()).isEqualTo(200);
      browser.button("Sign out");
      browser.sees("h1", "Watch your agents work");
      assertThat(owner.as(token).get("/api/me").status()).isEqualTo(401);
      assertThat(browser.complaints()).isEqualTo(List.of());

      browser.open(
          url + "/login?cli_callback=http%3A%2F%2Flocalhost%3A99%2Fcb&cli_state=0123456789abcdef");
      browser.button("Sign in with Example");
      browser.sees("form.door", "localhost:99");
      browser.sees("button.main", "Sign in the command line");
    }
  }

  @Test
  void whoIsInvitedComesInByALinkAndKeepsATokenOfTheirOwn() {
    var at = TestWorkspace.make();
    at.api()
        .post(
            "/api/workspaces/%s/members".formatted(at.id()),
            "{\"email\":\"%s@page.example\"}".formatted(at.id()))
        .ok();
    try (var owner = new Browser();
        var browser = new Browser()) {
      owner.signIn(at.api(), at.id().toString());
      owner.go("#/settings");
      owner.click("button[aria-label^='Invite %s']".formatted(at.id()));
      owner.sees(".invited", "good for seven days");
      var link = owner.text(".invited pre");

      browser.open(link);
      browser.sees("h1", "An invitation for " + at.id());
      browser.button("Accept the invitation");
      browser.sees("h1", "Welcome, " + at.id());
      assertThat(browser.ask("location.hash")).isEqualTo("");
      var token = browser.text(".door pre");
      browser.button("I have kept it");
      browser.sees("#connection", "Live");
      assertThat(at.api().as(token).get("/api/me").ok().get("email").asString())
          .isEqualTo(at.id() + "@page.example");

      owner.open(link);
      owner.sees("#toasts", "The invitation was used, or has ended.");
      assertThat(browser.complaints()).isEqualTo(List.of());
    }
  }

  private static void authenticate(Browser browser, String person) {
    browser.type("#username", person);
    browser.type("#password", "password");
    browser.button("Sign in");
  }
}
