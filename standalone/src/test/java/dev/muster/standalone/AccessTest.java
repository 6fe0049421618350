package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// Who may do what: every route, asked by everybody who may not.
class AccessTest {
  /// Routes that need no token.
  private static final Set<String> OPEN =
      Set.of(
          "GET /health",
          "GET /ready",
          "GET /ws",
          "GET /login",
          "GET /oidc",
          "GET /oidc/sign-in",
          "GET /oidc/callback",
          "POST /oidc/token",
          "DELETE /oidc/token",
          "GET /openapi.json",
          "GET /docs",
          "GET /docs/asyncapi.yaml",
          "GET /docs/schemas/{name}",
          "GET /docs/schemas/defs/{name}");

  /// Routes that speak of the caller and name no workspace.
  private static final Set<String> OWN =
      Set.of(
          "GET /metrics",
          "GET /api/me",
          "GET /api/tokens",
          "POST /api/tokens/current/renew",
          "POST /api/cli-token",
          "POST /api/upload-file",
          "GET /api/daemon/workspaces",
          "GET /api/workspaces",
          "POST /api/workspaces");

  /// What the seed answers as if the thing were there, and does nothing.
  private static final Map<String, Integer> SILENT =
      Map.of(
          "POST /api/daemon/tasks/{id}/progress", 200,
          "POST /api/daemon/deregister", 200);

  private final TestMuster muster = TestMuster.get();
  private final Users users = new Users(muster);
  private final World theirs = World.create(muster, users.newApi());
  private final List<String> wrong = new ArrayList<>();

  private Api.Answer send(Api api, Routes.Route route, World world) {
    return api.send(
        route.method(),
        world.fill(route.path()),
        route.body() == null ? null : world.fill(route.body()));
  }

  private void expect(Api api, Routes.Route route, int status, String error) {
    var answer = send(api, route, theirs);
    if (answer.status() != status || !answer.text().contains(error)) {
      wrong.add("%s: %d %s".formatted(route.name(), answer.status(), answer.text()));
    }
  }

  private void assertNothingChangedSince(Map<String, String> before) {
    assertThat(wrong).isEmpty();
    assertThat(theirs.kept()).isEqualTo(before);
  }

  @Test
  void withoutAValidTokenNoRouteAnswers() {
    var revoked = users.newApi();
    var expired = users.newApi();
    revoked.get("/api/me").ok();
    end(revoked, "revoked = true");
    end(expired, "expires_at = now() - interval '1 second'");
    var before = theirs.kept();

    for (var route : Routes.ALL) {
      if (!OPEN.contains(route.name())) {
        expect(new Api(muster.url(), ""), route, 401, "missing authorization header");
        expect(new Api(muster.url(), "mul_nonsense"), route, 401, "invalid token");
        expect(new Api(muster.url(), TestMuster.OWNER_TOKEN + "0"), route, 401, "invalid token");
        expect(revoked, route, 401, "invalid token");
        expect(expired, route, 401, "invalid token");
      }
    }

    assertNothingChangedSince(before);
  }

  /// Ends the token's life; one that was used shortly before is remembered for seconds where it was
  /// not revoked by a request, so it is revoked by one too.
  private void end(Api api, String how) {
    muster
        .db()
        .sql("UPDATE access_token SET %s WHERE user_id = :user".formatted(how))
        .param("user", userOf(api))
        .update();
    var another = Api.id(muster.api().post("/api/tokens", "{\"name\":\"another\"}").ok());
    muster.api().delete("/api/tokens/" + another).ok();
  }

  private UUID userOf(Api api) {
    return muster
        .db()
        .sql("SELECT user_id FROM access_token WHERE token_hash = :hash")
        .param("hash", dev.muster.api.access.TokenHash.of(api.token()))
        .query(UUID.class)
        .single();
  }

  @Test
  void otherSchemesThanBearerAreRefused() {
    var api = new Api(muster.url(), "");

    for (var header : List.of("Basic YTpi", "Bearer", "Token x")) {
      var answer = api.send("GET", "/api/me", null, "Authorization", header);

      assertThat(answer.status()).isEqualTo(401);
      assertThat(answer.json().get("error").asString()).isEqualTo("invalid authorization format");
    }
  }

  @Test
  void aPathInOtherLettersNeedsATokenTooAndHasTheSameScope() {
    var http = RawHttp.of(muster);
    var watcher = users.api(users.userOf(theirs.api()), new Users.Narrowing("watch", null));

    for (var path : List.of("/%61pi/issues", "/a%70i/issues", "/api/%69ssues")) {
      var target = path + "?workspace_id=" + theirs.workspace();
      assertThat(http.send("GET", target, "", "").status()).as(path).isEqualTo(401);
      var bearer = "Authorization: Bearer " + watcher.token() + "\r\n";
      assertThat(http.send("GET", target, bearer, "").status()).as(path).isEqualTo(200);
      assertThat(http.send("POST", target, bearer, "{\"title\":\"t\"}").status())
          .as(path)
          .isEqualTo(403);
    }
  }

  @Test
  void nothingOfAWorkspaceIsThereForANonMember() {
    var mine = World.create(muster, users.newApi());
    var before = theirs.kept();

    for (var route : Routes.ALL) {
      // A login makes a token of one's own, whoever asks.
      if (OPEN.contains(route.name()) || route.name().equals("POST /api/cli-token")) {
        continue;
      }
      var answer = send(mine.api(), route, theirs);
      var expected = OWN.contains(route.name()) ? 0 : SILENT.getOrDefault(route.name(), 404);
      if (expected != 0 && answer.status() != expected) {
        wrong.add(route.name() + ": " + answer.status() + " " + answer.text());
      }
      theirs
          .ids()
          .forEach((name, id) -> {
            // The one request that says an id of theirs, as part of a slug, and is answered with
            // it.
            if (!route.name().equals("POST /api/workspaces") && answer.text().contains(id)) {
              wrong.add(route.name() + " shows " + name + ": " + answer.text());
            }
          });
    }

    before.remove("all workspace");
    var after = theirs.kept();
    after.remove("all workspace");
    assertThat(wrong).isEmpty();
    assertThat(after).isEqualTo(before);
  }

  @Test
  void whatIsOnesOwnCannotBeMixedWithWhatIsAnothers() {
    var mine = World.create(muster, users.newApi());
    var before = theirs.kept();
    var api = mine.api();
    var in = "?workspace_id=" + mine.workspace();

    var answers =
        Map.ofEntries(
            Map.entry(
                "agent on their runtime",
                api.post(
                    "/api/agents" + in,
                    theirs.fill("{\"name\":\"a\",\"runtime_id\":\"{runtime}\"}"))),
            Map.entry(
                "agent moved to their runtime",
                api.put(
                    mine.fill("/api/agents/{agent}"),
                    theirs.fill("{\"runtime_id\":\"{runtime}\"}"))),
            Map.entry(
                "their skill",
                api.put(
                    mine.fill("/api/agents/{agent}/skills"),
                    theirs.fill("{\"skill_ids\":[\"{skill}\"]}"))),
            Map.entry(
                "their agent",
                api.post(
                    "/api/issues" + in,
                    theirs.fill(
                        "{\"title\":\"t\",\"status\":\"todo\",\"assignee_type\":\"agent\",\"assignee_id\":\"{agent}\"}"))),
            Map.entry(
                "given to their agent",
                api.put(
                    mine.fill("/api/issues/{issue}"),
                    theirs.fill("{\"assignee_type\":\"agent\",\"assignee_id\":\"{agent}\"}"))),
            Map.entry(
                "their issue as parent",
                api.post(
                    "/api/issues" + in,
                    theirs.fill("{\"title\":\"t\",\"parent_issue_id\":\"{issue}\"}"))),
            Map.entry(
                "reply to their comment",
                api.post(
                    mine.fill("/api/issues/{issue}/comments"),
                    theirs.fill("{\"content\":\"c\",\"parent_id\":\"{comment}\"}"))),
            Map.entry(
                "task for their agent",
                api.post(
                    "/api/tasks" + in, theirs.fill("{\"title\":\"t\",\"agent_id\":\"{agent}\"}"))),
            Map.entry(
                "schedule for their agent",
                api.post(
                    "/api/schedules" + in,
                    theirs.fill(
                        "{\"title\":\"t\",\"agent_id\":\"{agent}\",\"every_seconds\":60}"))),
            Map.entry(
                "schedule moved to their agent",
                api.send(
                    "PATCH",
                    mine.fill("/api/schedules/{schedule}"),
                    theirs.fill("{\"agent_id\":\"{agent}\"}"))),
            Map.entry(
                "their member",
                api.delete(
                    mine.fill("/api/workspaces/{workspace}/members/")
                        + theirs.ids().get("member"))),
            Map.entry(
                "their file",
                api.delete(mine.fill("/api/skills/{skill}/files/") + theirs.ids().get("file"))),
            Map.entry(
                "their ping",
                api.get(mine.fill("/api/runtimes/{runtime}/ping/") + theirs.ids().get("ping"))),
            Map.entry(
                "their workspace for a token",
                api.post(
                    "/api/tokens",
                    theirs.fill("{\"name\":\"t\",\"workspace_id\":\"{workspace}\"}"))));

    answers.forEach((what, answer) ->
        assertThat(answer.status()).as(what + ": " + answer.text()).isIn(400, 404));
    for (var filter :
        List.of(
            "/api/tasks%s&agent_id={agent}",
            "/api/tasks%s&runtime_id={runtime}",
            "/api/tasks%s&issue_id={issue}",
            "/api/tasks%s&schedule_id={schedule}",
            "/api/issues%s&assignee_id={agent}",
            "/api/issues%s&ids={issue}")) {
      var page = api.get(theirs.fill(filter.formatted(in))).ok();
      assertThat(page.toString()).doesNotContain(theirs.workspace().toString());
    }
    assertThat(theirs.kept()).isEqualTo(before);
  }

  @Test
  void aPingOfAnotherCannotBeAnsweredThroughOnesOwnRuntime() {
    var mine = World.create(muster, users.newApi());
    var before = theirs.kept();

    mine.api()
        .post(
            mine.fill(
                "/api/daemon/runtimes/{runtime}/ping/" + theirs.ids().get("ping") + "/result"),
            "{\"status\":\"completed\"}")
        .ok();

    assertThat(theirs.kept()).isEqualTo(before);
  }

  @Test
  void deregisteringAMixTakesOnlyOnesOwnOffline() {
    var mine = World.create(muster, users.newApi());
    var before = theirs.kept();

    mine.api()
        .post(
            "/api/daemon/deregister",
            "{\"runtime_ids\":[\"%s\",\"%s\"]}"
                .formatted(theirs.ids().get("runtime"), mine.ids().get("runtime")))
        .ok();

    assertThat(theirs.kept()).isEqualTo(before);
    assertThat(status(mine)).isEqualTo("offline");
    assertThat(status(theirs)).isEqualTo("online");
    muster.feed().complete(muster, mine.workspace());
  }

  private static String status(World world) {
    var runtimes = world.api().get("/api/runtimes?workspace_id=" + world.workspace()).ok();
    return runtimes.get(0).get("status").asString();
  }

  @Test
  void aTokenForOneWorkspaceReachesNoOtherOfItsUser() {
    var user = users.userOf(theirs.api());
    var other = theirs.api().newWorkspace();
    var narrowed = users.api(user, new Users.Narrowing("all", other));
    var before = theirs.kept();

    for (var route : Routes.ALL) {
      if (!OPEN.contains(route.name())
          && !OWN.contains(route.name())
          && !SILENT.containsKey(route.name())) {
        expect(narrowed, route, 404, "");
      }
    }

    assertNothingChangedSince(before);
    assertThat(narrowed.get("/api/workspaces").ok()).hasSize(1);
    assertThat(narrowed.get("/api/tokens").ok()).hasSize(1);
    var more =
        narrowed.post(
            "/api/workspaces", "{\"name\":\"n\",\"slug\":\"%s\"}".formatted(UUID.randomUUID()));
    assertThat(more.status()).isEqualTo(403);
    assertThat(narrowed.post("/api/tokens", "{\"name\":\"wider\"}").status()).isEqualTo(403);
  }

  @Test
  void aTokenToWatchReadsAndWritesNothing() {
    var watcher =
        users.api(users.userOf(theirs.api()), new Users.Narrowing("watch", theirs.workspace()));
    var before = theirs.kept();

    for (var route : Routes.ALL) {
      if (route.pattern().startsWith("/oidc")) {
        continue;
      }
      if (route.method().equals("GET")) {
        var isHandshake = route.name().matches("GET (/api/daemon)?/ws");
        if (!isHandshake && send(watcher, route, theirs).status() != 200) {
          wrong.add(route.name());
        }
      } else {
        expect(watcher, route, 403, "insufficient permissions");
      }
    }

    assertNothingChangedSince(before);
  }

  @Test
  void aTokenForADaemonAdministersNothing() {
    var daemon =
        users.api(users.userOf(theirs.api()), new Users.Narrowing("daemon", theirs.workspace()));
    var before = theirs.kept();

    for (var route : Routes.ALL) {
      var isWork =
          route
              .pattern()
              .matches(
                  "/api/((daemon|issues|comments|tasks)(/.*)?|upload-file|tokens/current/renew)");
      if (!isWork && !route.method().equals("GET") && !OPEN.contains(route.name())) {
        expect(daemon, route, 403, "insufficient permissions");
      }
    }

    assertNothingChangedSince(before);
    assertThat(send(daemon, Routes.named("POST /api/daemon/heartbeat"), theirs).status())
        .isEqualTo(200);
    assertThat(send(daemon, Routes.named("POST /api/issues/{id}/comments"), theirs).status())
        .isEqualTo(201);
  }

  @Test
  void aMemberAdministersNothing() {
    var user = users.newUser();
    users.join(user, theirs.workspace(), "member");
    var member = users.api(user, Users.Narrowing.NONE);
    var before = theirs.kept();

    for (var route : Routes.ALL) {
      if (isAdministration(route)) {
        expect(member, route, 403, "insufficient permissions");
      }
    }

    assertNothingChangedSince(before);
  }

  private static boolean isAdministration(Routes.Route route) {
    return !route.method().equals("GET")
        && (route.pattern().matches("/api/(agents|skills)(/.*)?")
            || route.pattern().matches("/api/workspaces/\\{id}(/members.*|/service-tokens)?")
            || route.name().equals("PUT /api/comments/{id}")
            || route.name().equals("DELETE /api/comments/{id}"));
  }

  @Test
  void aMemberWhoIsRemovedLosesEverythingAtOnce() {
    var user = users.newUser();
    users.join(user, theirs.workspace(), "member");
    var member = users.api(user, Users.Narrowing.NONE);
    var path = theirs.fill("/api/issues/{issue}");
    member.get(path).ok();

    theirs.api().delete(theirs.fill("/api/workspaces/{workspace}/members/") + user).ok();

    assertThat(member.get(path).status()).isEqualTo(404);
  }

  @Test
  void aTokenIsGoneWhenItIsRevoked() {
    var made = theirs.api().post("/api/tokens", "{\"name\":\"t\"}").ok();
    var api = theirs.api().as(made.get("token").asString());
    api.get("/api/me").ok();

    theirs.api().delete("/api/tokens/" + Api.id(made)).ok();

    assertThat(api.get("/api/me").status()).isEqualTo(401);
  }

  @Test
  void anotherUsersTokenCannotBeRevoked() {
    assertThat(users.newApi().delete(theirs.fill("/api/tokens/{token}")).status()).isEqualTo(404);

    var tokens = theirs.api().get("/api/tokens").ok();

    assertThat(tokens.toString()).contains(theirs.ids().get("token"));
  }

  @Test
  void aPageOfAnotherOriginIsRefusedWithAProblem() {
    var answer =
        RawHttp.of(muster)
            .send(
                "GET",
                "/api/me",
                "Origin: https://evil.example\r\nAuthorization: Bearer "
                    + theirs.api().token()
                    + "\r\n",
                "");

    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.headers().get("content-type")).startsWith("application/problem+json");
  }
}
