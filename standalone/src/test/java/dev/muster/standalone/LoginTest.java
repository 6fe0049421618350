package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// A command line is signed in through a browser, and only on the machine that the browser is on.
class LoginTest {
  private static final String STATE = "0123456789abcdef0123456789abcdef";
  private static final String CALLBACK = "http://127.0.0.1:4711/callback";

  private final TestWorkspace at = TestWorkspace.make();
  private final Api api = at.api();
  private final Users users = new Users(at.muster());

  private static Api.Answer login(Api as, String callback, String state) {
    return as.post(
        "/api/cli-token",
        "{\"cli_callback\":\"%s\",\"cli_state\":\"%s\"}".formatted(callback, state));
  }

  private static Api loggedIn(Api as) {
    return as.as(login(as, CALLBACK, STATE).ok().get("token").asString());
  }

  private static Api.Answer newToken(Api as, int days) {
    return as.post(
        "/api/tokens", "{\"name\":\"CLI (host)\",\"expires_in_days\":%d}".formatted(days));
  }

  @Test
  void aCommandLineGetsItsOwnTokenThroughTheOneOfTheLogin() {
    var answer = login(api, CALLBACK, STATE).ok();
    var token = answer.get("token").asString();

    assertThat(answer.get("redirect").asString())
        .isEqualTo(CALLBACK + "?token=" + token + "&state=" + STATE);
    var cli = api.as(token);
    var made = newToken(cli, 90).ok();
    assertThat(made.get("token").asString()).startsWith("mul_");
    assertThat(api.as(made.get("token").asString()).get("/api/me").ok())
        .isEqualTo(api.get("/api/me").ok());
    assertThat(minutesLeft(token)).isBetween(8, 10);
  }

  private int minutesLeft(String token) {
    return at.db()
        .sql(
            "SELECT extract(epoch FROM expires_at - now())::int / 60 FROM access_token WHERE token_hash = :hash")
        .param("hash", dev.muster.api.access.TokenHash.of(token))
        .query(Integer.class)
        .single();
  }

  @Test
  void onlyThisMachineIsSentAToken() {
    for (var callback :
        List.of(
            "https://127.0.0.1:4711/callback",
            "http://127.0.0.1/callback",
            "http://192.168.1.7:4711/callback",
            "http://example.org:80/callback",
            "http://localhost.example.org:4711/",
            "http://localhost@example.org:4711/",
            "http://user@localhost:4711/",
            "http://127.0.0.1:4711/callback?next=http://example.org",
            "http://127.0.0.1:4711/#x",
            "http://127.0.0.1:99999/",
            "http://127.0.0.1:4711\\\\@example.org/",
            "//127.0.0.1:4711/",
            "javascript:alert(1)",
            "localhost:4711")) {
      var answer = login(api, callback, STATE);
      assertThat(answer.status()).as(callback).isEqualTo(400);
      assertThat(answer.json().get("field").asString()).isEqualTo("cli_callback");
    }
    for (var state : List.of("short", "a&token=b0123456789abcdef", "x".repeat(200))) {
      var answer = login(api, CALLBACK, state);
      assertThat(answer.status()).as(state).isEqualTo(400);
      assertThat(answer.json().get("field").asString()).isEqualTo("cli_state");
    }
    assertThat(login(api, "http://localhost:1/", STATE).status()).isEqualTo(200);
    assertThat(login(api, "http://[::1]:65535/callback", STATE).status()).isEqualTo(200);
  }

  @Test
  void aLoginMakesNothingThatOutlivesWhoAsked() {
    var month = api.as(newToken(api, 30).ok().get("token").asString());

    var made = newToken(loggedIn(month), 90).ok();

    assertThat(
            java.time.Duration.between(
                    java.time.Instant.now(),
                    java.time.Instant.parse(made.get("expires_at").asString()))
                .toDays())
        .isBetween(28L, 30L);
  }

  @Test
  void aLoginIsAsNarrowAsWhoAskedAndMakesNoOther() {
    var owner = users.userOf(api);
    var narrowed = users.api(owner, new Users.Narrowing("all", at.id()));
    var cli = loggedIn(narrowed);

    assertThat(cli.get("/api/workspaces").ok()).hasSize(1);
    assertThat(newToken(cli, 90).status()).as("one for all workspaces").isEqualTo(403);
    assertThat(login(cli, CALLBACK, STATE).status()).isEqualTo(403);
    for (var scope : List.of("daemon", "watch")) {
      var other = users.api(owner, new Users.Narrowing(scope, at.id()));
      assertThat(login(other, CALLBACK, STATE).status()).as(scope).isEqualTo(403);
    }
  }

  @Test
  void loginsThatHaveEndedLeaveNothing() {
    var user = users.newUser();
    var member = users.api(user, Users.Narrowing.NONE);
    var counted = "SELECT count(*) FROM access_token WHERE user_id = :user AND is_login";
    for (var i = 0; i < 3; i++) {
      loggedIn(member);
      at.db()
          .sql("UPDATE access_token SET expires_at = now() WHERE user_id = :user AND is_login")
          .param("user", user)
          .update();
    }

    assertThat(at.db().sql(counted).param("user", user).query(Integer.class).single()).isEqualTo(1);
  }

  @Test
  void thePageTakesTheTokenToWhereTheCommandLineWaits() throws IOException {
    var heard = new CompletableFuture<String>();
    var waiting = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    waiting.createContext(
        "/callback",
        exchange -> {
          heard.complete(exchange.getRequestURI().getQuery());
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    waiting.start();
    try (var browser = new Browser()) {
      var callback = "http://127.0.0.1:" + waiting.getAddress().getPort() + "/callback";
      browser.open(api.url() + "/login?cli_callback=" + callback + "&cli_state=" + STATE);
      browser.type("#token", api.token());
      browser.click("form.door button");

      var query = heard.orTimeout(20, TimeUnit.SECONDS).join();

      assertThat(query).matches("token=mul_[0-9a-f]{40}&state=" + STATE);
      browser.open(api.url() + "/login?cli_callback=https://example.org/&cli_state=" + STATE);
      assertThat(browser.text("#login-error")).contains("must wait on this machine");
    } finally {
      waiting.stop(0);
    }
  }
}
