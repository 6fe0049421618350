package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.HttpCookie;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.ConfigurableApplicationContext;

/// People sign in with a company's provider: a real one, and all of its redirects.
class SignInTest {
  private static final String RULED = "ruled-" + UUID.randomUUID().toString().substring(0, 8);

  private static String url;
  private static SignInProvider provider;
  private static ConfigurableApplicationContext muster;
  private static Api owner;
  private static UUID ruled;

  private final SignInBrowser browser = newBrowser();
  private final String person = "p" + UUID.randomUUID().toString().substring(0, 8);
  private final String email = person + "@example.org";

  @BeforeAll
  static void start() throws IOException {
    var port = Ports.free();
    url = "http://127.0.0.1:" + port;
    var servers = TestServers.get();
    provider = SignInProvider.start(url + "/oidc/callback");
    muster =
        Applications.api(
            servers.jdbcUrl(),
            servers.kafka(),
            TestMuster.OWNER_TOKEN,
            "--server.port=" + port,
            "--muster.oidc.issuer=" + provider.issuer(),
            "--muster.oidc.client-id=" + SignInProvider.CLIENT,
            "--muster.oidc.client-secret=" + SignInProvider.SECRET,
            "--muster.oidc.name=Example",
            "--muster.oidc.domains=let-in.example",
            "--muster.oidc.roles=leads=%s:admin,staff=%s:member".formatted(RULED, RULED));
    owner = new Api(url, TestMuster.OWNER_TOKEN);
    ruled =
        Api.id(
            owner
                .post("/api/workspaces", "{\"name\":\"Ruled\",\"slug\":\"%s\"}".formatted(RULED))
                .ok());
  }

  @AfterAll
  static void stop() {
    muster.close();
    provider.close();
  }

  private static SignInBrowser newBrowser() {
    return new SignInBrowser(url);
  }

  private void saysOfThePerson(List<String> groups) {
    provider.says(
        person, Map.of("email", email, "email_verified", true, "name", "Ada", "groups", groups));
  }

  private Api signedIn() {
    assertThat(browser.signIn(person)).isEqualTo(URI.create(url + "/#/signed-in"));
    return new Api(url, browser.token());
  }

  /// Somebody whom an owner has added to a workspace of their own.
  private UUID added() {
    var workspace = owner.newWorkspace();
    owner
        .post(
            "/api/workspaces/%s/members".formatted(workspace),
            "{\"email\":\"%s\"}".formatted(email))
        .ok();
    return workspace;
  }

  private String role(UUID workspace, String address) {
    for (var member : owner.get("/api/workspaces/%s/members".formatted(workspace)).ok()) {
      if (member.get("email").asString().equals(address)) {
        return member.get("role").asString();
      }
    }
    return "none";
  }

  @Test
  void who_was_added_signs_in_and_holds_a_token_for_hours() {
    var workspace = added();
    saysOfThePerson(List.of());

    var api = signedIn();

    assertThat(api.get("/api/me").ok().get("email").asString()).isEqualTo(email);
    assertThat(api.get("/api/workspaces").ok().get(0).get("id").asString())
        .isEqualTo(workspace.toString());
    var session = api.get("/api/tokens").ok().get(0);
    assertThat(session.get("name").asString()).isEqualTo("Sign-in with Example");
    assertThat(Instant.parse(session.get("expires_at").asString()))
        .isBetween(
            Instant.now().plusSeconds(11 * 3_600), Instant.now().plusSeconds(12 * 3_600 + 60));
    assertThat(browser.fetchToken().statusCode()).isEqualTo(401);
  }

  @Test
  void a_person_is_known_by_the_identity_when_the_address_changes() {
    added();
    saysOfThePerson(List.of());
    var before = signedIn().get("/api/me").ok().get("id");

    provider.says(person, Map.of("email", "new-" + email, "email_verified", true));

    assertThat(signedIn().get("/api/me").ok().get("id")).isEqualTo(before);
  }

  @Test
  void an_address_that_changed_hands_is_not_its_former_owners_account() {
    added();
    saysOfThePerson(List.of());
    signedIn();
    var successor = person + "-2";
    provider.says(successor, Map.of("email", email, "email_verified", true));

    assertThat(browserOf(successor)).isEqualTo("/sign-in-failed/not-known");
  }

  private static String browserOf(String who) {
    return newBrowser().signIn(who).getFragment();
  }

  @Test
  void who_is_not_known_stays_outside_unless_a_rule_lets_them_in() {
    saysOfThePerson(List.of());
    assertThat(browserOf(person)).isEqualTo("/sign-in-failed/not-known");

    var colleague = person + "-c";
    provider.says(
        colleague, Map.of("email", colleague + "@LET-IN.example", "email_verified", true));
    assertThat(browserOf(colleague)).isEqualTo("/signed-in");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"owner@localhost", "x@service.localhost", "no address", "a@b@let-in.example"})
  void no_provider_speaks_for_the_first_owner_or_a_service(String address) {
    provider.says(person, Map.of("email", address, "email_verified", true));

    assertThat(browserOf(person)).startsWith("/sign-in-failed/");
  }

  @Test
  void an_address_that_was_not_verified_is_none() {
    added();
    provider.says(person, Map.of("email", email, "email_verified", false));
    assertThat(browserOf(person)).isEqualTo("/sign-in-failed/no-email");

    provider.says(person, Map.of("email", email));
    assertThat(browserOf(person)).isEqualTo("/sign-in-failed/no-email");
  }

  @Test
  void roles_follow_the_claims_at_each_sign_in() {
    for (var step :
        List.of(
            Map.entry(List.of("staff"), "member"),
            Map.entry(List.of("others", "leads", "staff"), "admin"),
            Map.entry(List.of("staff"), "member"),
            Map.entry(List.<String>of(), "none"))) {
      saysOfThePerson(step.getKey());
      signedIn();
      assertThat(role(ruled, email)).as("with %s", step.getKey()).isEqualTo(step.getValue());
    }
  }

  @Test
  void what_people_gave_or_changed_is_theirs() {
    var members = "/api/workspaces/%s/members".formatted(ruled);
    owner.post(members, "{\"email\":\"%s\",\"role\":\"admin\"}".formatted(email)).ok();
    saysOfThePerson(List.of());
    signedIn();
    assertThat(role(ruled, email)).isEqualTo("admin");

    saysOfThePerson(List.of("staff"));
    signedIn();
    assertThat(role(ruled, email)).isEqualTo("admin");
  }

  @Test
  void a_workspace_keeps_its_last_owner() {
    saysOfThePerson(List.of("staff"));
    signedIn();
    var others = owner.get("/api/workspaces/%s/members".formatted(ruled)).ok();
    TestMuster.get()
        .db()
        .sql(
            "UPDATE member SET role = CASE WHEN user_id = (SELECT id FROM app_user WHERE email = :email) THEN 'owner' ELSE 'member' END WHERE workspace_id = :workspace")
        .param("email", email)
        .param("workspace", ruled)
        .update();
    try {
      saysOfThePerson(List.of());
      signedIn();
      assertThat(role(ruled, email)).isEqualTo("owner");
    } finally {
      others.forEach(member ->
          TestMuster.get()
              .db()
              .sql("UPDATE member SET role = :role WHERE id = :id::uuid")
              .param("role", member.get("role").asString())
              .param("id", member.get("id").asString())
              .update());
    }
  }

  @Test
  void what_a_sign_in_makes_outlives_it_and_signing_out_ends_it() {
    added();
    saysOfThePerson(List.of());
    var session = signedIn();

    var daemon =
        session.as(session.post("/api/tokens", "{\"name\":\"d\"}").ok().get("token").asString());
    assertThat(daemon.get("/api/tokens").ok().get(0).get("expires_at").isNull()).isTrue();
    var login =
        session
            .post(
                "/api/cli-token",
                "{\"cli_callback\":\"http://127.0.0.1:4711/callback\",\"cli_state\":\"0123456789abcdef\"}")
            .ok()
            .get("token")
            .asString();
    assertThat(
            session
                .as(login)
                .post("/api/tokens", "{\"name\":\"cli\",\"expires_in_days\":90}")
                .status())
        .isEqualTo(201);

    assertThat(session.delete("/oidc/token").status()).isEqualTo(204);
    assertThat(session.get("/api/me").status()).isEqualTo(401);
    assertThat(daemon.delete("/oidc/token").status()).isEqualTo(204);
    assertThat(daemon.get("/api/me").status()).isEqualTo(200);
  }

  @Test
  void the_answer_to_another_browser_is_none() {
    added();
    saysOfThePerson(List.of());
    var other = newBrowser();
    var callback = other.authenticate(other.begin(""), person);

    assertThat(SignInBrowser.next(browser.get(callback)).getFragment())
        .isEqualTo("/sign-in-failed/expired");
    browser.begin("");
    assertThat(SignInBrowser.next(browser.get(callback)).getFragment())
        .isEqualTo("/sign-in-failed/expired");
    assertThat(SignInBrowser.next(other.get(callback)).getFragment()).isEqualTo("/signed-in");
    // The cookie went with the first answer.
    assertThat(SignInBrowser.next(other.get(callback)).getFragment())
        .isEqualTo("/sign-in-failed/expired");
  }

  @ParameterizedTest
  @ValueSource(strings = {"nonce", "verifier"})
  void an_id_token_or_code_that_was_made_for_another_sign_in_is_refused(String secret) {
    added();
    saysOfThePerson(List.of());
    var callback = browser.authenticate(browser.begin(""), person);
    replaceInCookie("\"%s\":\"".formatted(secret), "\"%s\":\"x".formatted(secret));

    assertThat(SignInBrowser.next(browser.get(callback)).getFragment())
        .isEqualTo("/sign-in-failed/provider-refused");
  }

  private void replaceInCookie(String what, String with) {
    var store = browser.cookies().getCookieStore();
    var cookie =
        store.getCookies().stream()
            .filter(each -> each.getName().equals("muster_sign_in"))
            .findFirst()
            .orElseThrow();
    var json = new String(Base64.getUrlDecoder().decode(cookie.getValue()), StandardCharsets.UTF_8);
    var changed = (HttpCookie) cookie.clone();
    changed.setValue(
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(json.replace(what, with).getBytes(StandardCharsets.UTF_8)));
    assertThat(json).contains(what);
    store.add(URI.create(url), changed);
  }

  @Test
  void a_person_who_says_no_at_the_provider_is_back_at_the_page() {
    var begun = browser.begin("");
    var state = begun.getQuery().replaceAll(".*state=([^&]*).*", "$1");

    var answer =
        browser.get(
            URI.create(
                url
                    + "/oidc/callback?error=access_denied&error_description=%3Cb%3E&state="
                    + state));

    assertThat(SignInBrowser.next(answer))
        .isEqualTo(URI.create(url + "/#/sign-in-failed/provider-refused"));
  }

  @Test
  void a_command_lines_login_goes_on_and_nothing_else_is_led_to() {
    added();
    saysOfThePerson(List.of());
    var login =
        "login%3Fcli_callback%3Dhttp%253A%252F%252Flocalhost%253A99%252Fcallback%26cli_state%3D0123456789abcdef";
    var callback = browser.authenticate(browser.begin("?then=" + login), person);
    assertThat(SignInBrowser.next(browser.get(callback)).toString())
        .isEqualTo(
            url
                + "/login?cli_callback=http%3A%2F%2Flocalhost%3A99%2Fcallback&cli_state=0123456789abcdef#/signed-in");

    for (var elsewhere :
        List.of(
            "//evil.example",
            "https:%2F%2Fevil.example",
            "%2F..%2Fdocs",
            "login%3F%0D%0ASet-Cookie:x",
            "login%3F%25")) {
      var other = newBrowser();
      var back = other.authenticate(other.begin("?then=" + elsewhere), person);
      assertThat(SignInBrowser.next(other.get(back))).isEqualTo(URI.create(url + "/#/signed-in"));
    }
  }

  @Test
  void the_page_knows_whether_there_is_a_provider() {
    assertThat(owner.get("/oidc").ok().get("provider").asString()).isEqualTo("Example");
    var without = TestMuster.get().api();
    assertThat(without.get("/oidc").ok().get("provider").isNull()).isTrue();
    assertThat(without.get("/oidc/sign-in").status()).isEqualTo(404);
  }

  @Test
  void muster_serves_while_the_provider_is_away() throws IOException {
    var servers = TestServers.get();
    try (var alone =
        Applications.api(
            servers.jdbcUrl(),
            servers.kafka(),
            TestMuster.OWNER_TOKEN,
            "--server.port=0",
            "--muster.oidc.issuer=http://localhost:" + Ports.free(),
            "--muster.oidc.client-id=muster")) {
      var here = "http://127.0.0.1:" + Applications.port(alone);

      assertThat(new Api(here, TestMuster.OWNER_TOKEN).get("/api/me").status()).isEqualTo(200);
      assertThat(new SignInBrowser(here).begin("").getFragment())
          .isEqualTo("/sign-in-failed/provider-away");
    }
  }
}
