package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// What today's Multica daemon asks beside tasks: its token's life, workspaces, repositories, and
/// what it may delete.
class DaemonRoutesTest {
  private final TestWorkspace at = TestWorkspace.make();
  private final Api api = at.api();
  private final Users users = new Users(at.muster());

  /// A daemon's token that was made for so many days, so many of which are left.
  private Api tokenOf(int days, double left) {
    var made =
        api.post(
                "/api/workspaces/%s/service-tokens".formatted(at.id()),
                "{\"name\":\"d\",\"scope\":\"daemon\",\"expires_in_days\":%d}".formatted(days))
            .ok();
    at.db()
        .sql(
            """
            UPDATE access_token SET expires_at = now() + make_interval(secs => :left * 86400),
                                    created_at = now() + make_interval(secs => (:left - :days) * 86400)
             WHERE id = :id
            """)
        .param("left", left)
        .param("days", days)
        .param("id", Api.id(made))
        .update();
    return api.as(made.get("token").asString());
  }

  private static long daysLeft(tools.jackson.databind.JsonNode renewal) {
    var left =
        ChronoUnit.MINUTES.between(
            Instant.now(), Instant.parse(renewal.get("expires_at").asString()));
    return Math.round(left / 1_440.0);
  }

  private static Api.Answer renew(Api with) {
    return with.post("/api/tokens/current/renew", "{}");
  }

  @Test
  void aDaemonsTokenThatIsAboutToEndIsRenewedForItsOwnTime() {
    var daemon = tokenOf(30, 6.5);

    var first = renew(daemon).ok();
    var second = renew(daemon).ok();

    assertThat(first.get("renewed").asBoolean()).isTrue();
    assertThat(daysLeft(first)).isEqualTo(30);
    assertThat(second.get("renewed").asBoolean()).isFalse();
    assertThat(second.get("expires_at")).isEqualTo(first.get("expires_at"));
  }

  @Test
  void renewingAgainAndAgainGivesNoMoreEachTime() {
    var daemon = tokenOf(30, 6);
    renew(daemon).ok();
    at.db()
        .sql(
            "UPDATE access_token SET expires_at = now() + interval '1 day' WHERE token_hash = :hash")
        .param("hash", dev.muster.api.access.TokenHash.of(daemon.token()))
        .update();

    assertThat(daysLeft(renew(daemon).ok())).isEqualTo(30);
  }

  @Test
  void aTokenForALongTimeGetsNinetyDays() {
    assertThat(daysLeft(renew(tokenOf(365, 2)).ok())).isEqualTo(90);
  }

  @Test
  void whatIsNotAboutToEndOrWasMeantToEndIsLeftAsItIs() {
    var young = renew(tokenOf(90, 20)).ok();
    var shortLived = renew(tokenOf(7, 3)).ok();
    var forEver = renew(api).ok();

    assertThat(young.get("renewed").asBoolean()).isFalse();
    assertThat(daysLeft(young)).isEqualTo(20);
    assertThat(shortLived.get("renewed").asBoolean()).isFalse();
    assertThat(daysLeft(shortLived)).isEqualTo(3);
    assertThat(forEver.toString()).isEqualTo("{\"expires_at\":\"\",\"renewed\":false}");
  }

  @Test
  void aTokenThatHasEndedIsNotRenewed() {
    assertThat(renew(tokenOf(90, -0.01)).status()).isEqualTo(401);
  }

  @Test
  void theWorkspacesOfATokenAreListedOnceUntilTheyChange() {
    var member = users.newApi();
    var first = member.newWorkspace();

    var all = member.get("/api/daemon/workspaces");
    var tag = all.response().headers().firstValue("ETag").orElseThrow();
    var same = member.send("GET", "/api/daemon/workspaces", null, "If-None-Match", tag);
    var second = member.newWorkspace();
    var changed = member.send("GET", "/api/daemon/workspaces", null, "If-None-Match", tag);

    assertThat(all.ok()).hasSize(1);
    assertThat(Api.id(all.ok().get(0))).isEqualTo(first);
    assertThat(all.ok().get(0).propertyNames()).containsExactlyInAnyOrder("id", "name");
    assertThat(tag).matches("W/\"[0-9a-f]+\"");
    assertThat(all.response().headers().firstValue("Cache-Control").orElse(""))
        .contains("private")
        .contains("no-cache");
    assertThat(same.status()).isEqualTo(304);
    assertThat(same.text()).isEmpty();
    assertThat(changed.ok().valueStream().map(Api::id)).containsExactlyInAnyOrder(first, second);
  }

  @Test
  void aWorkspacesRepositoriesAreThoseThatHaveAnAddress() {
    var path = "/api/daemon/workspaces/" + at.id() + "/repos";
    var none = api.get(path).ok();
    api.put(
            "/api/workspaces/" + at.id(),
            """
            {"repos":[{"url":" https://git.example/a ","description":"A"},{"url":""},7,{"url":"https://git.example/b","x":1}],
             "settings":{"github_enabled":false,"co_authored_by_enabled":"yes","secret":"s"}}
            """)
        .ok();

    var repos = api.get(path).ok();

    assertThat(none.get("repos")).isEmpty();
    assertThat(repos.get("repos").toString())
        .isEqualTo(
            "[{\"url\":\"https://git.example/a\",\"description\":\"A\"},{\"url\":\"https://git.example/b\"}]");
    assertThat(repos.get("repos_version")).isNotEqualTo(none.get("repos_version"));
    assertThat(repos.get("settings").toString()).isEqualTo("{\"github_enabled\":false}");
    assertThat(repos.get("workspace_id").asString()).isEqualTo(at.id().toString());
    assertThat(
            api.get("/api/daemon/workspaces/" + at.id() + "/runtime-profiles")
                .ok()
                .get("runtime_profiles"))
        .isEmpty();
  }

  @Test
  void whatMayBeDeletedIsSaidOfEachIssueAskedFor() {
    var query = "?workspace_id=" + at.id();
    var done =
        Api.id(api.post("/api/issues" + query, "{\"title\":\"t\",\"status\":\"done\"}").ok());
    var open = Api.id(api.post("/api/issues" + query, "{\"title\":\"t\"}").ok());
    var gone = UUID.randomUUID();
    var foreign =
        Api.id(
            api.post("/api/issues?workspace_id=" + api.newWorkspace(), "{\"title\":\"t\"}").ok());

    var answer =
        api.post(
                "/api/daemon/workspaces/%s/issues/gc-check".formatted(at.id()),
                "{\"issue_ids\":[\"%s\",\"%s\",\"%s\",\"%s\"]}"
                    .formatted(done, open, gone, foreign))
            .ok()
            .get("issues");

    assertThat(answer.valueStream().map(Api::id)).containsExactly(done, open, gone, foreign);
    assertThat(answer.get(0).get("status").asString()).isEqualTo("done");
    assertThat(Instant.parse(answer.get(0).get("updated_at").asString()))
        .isBefore(Instant.now().plusSeconds(60));
    assertThat(answer.get(1).get("found").asBoolean()).isTrue();
    assertThat(answer.get(2).toString())
        .isEqualTo("{\"id\":\"%s\",\"found\":false}".formatted(gone));
    assertThat(answer.get(3).get("found").asBoolean()).isFalse();
    assertThat(
            api.get("/api/daemon/issues/%s/gc-check".formatted(done)).ok().get("status").asString())
        .isEqualTo("done");
    assertThat(api.get("/api/daemon/issues/%s/gc-check".formatted(gone)).status()).isEqualTo(404);
  }

  @Test
  void aCheckThatCannotBeReadSaysNothingOfAnyIssue() {
    var path = "/api/daemon/workspaces/%s/issues/gc-check".formatted(at.id());
    var many = "\"%s\",".formatted(UUID.randomUUID()).repeat(500);

    assertThat(api.post(path, "{\"issue_ids\":[\"no id\"]}").status()).isEqualTo(400);
    assertThat(api.post(path, "{\"issue_ids\":[null]}").status()).isEqualTo(400);
    assertThat(
            api.post(path, "{\"issue_ids\":[%s\"%s\"]}".formatted(many, UUID.randomUUID()))
                .status())
        .isEqualTo(400);
    // A daemon that reads this text asks for one issue after the other.
    assertThat(users.newApi().post(path, "{\"issue_ids\":[]}").text())
        .doesNotContain("404 page not found");
  }

  @Test
  void aPrepareLeaseKeepsATaskThatIsNotStartedYet() {
    var runtime = api.newRuntime(at.id(), "dm1", "claude", 1);
    var task = at.newTask(at.newAgent(runtime, ""), "");
    api.claim(runtime, 20);
    at.db()
        .sql("UPDATE task SET deadline_at = now() + interval '1 second' WHERE id = :id")
        .param("id", task)
        .update();
    var lease = "/api/daemon/runtimes/%s/tasks/%s/prepare-lease";

    api.post(lease.formatted(runtime, task), "{}").ok();

    var left =
        at.db()
            .sql("SELECT extract(epoch FROM deadline_at - now())::int FROM task WHERE id = :id")
            .param("id", task)
            .query(Integer.class)
            .single();
    assertThat(left).isGreaterThan(60);
    assertThat(api.post(lease.formatted(UUID.randomUUID(), task), "{}").status()).isEqualTo(404);
    assertThat(
            api.get("/api/daemon/tasks/%s/gc-check".formatted(task)).ok().get("status").asString())
        .isEqualTo("dispatched");
  }

  @Test
  void theTextsThatSteerADaemonAreAsItReadsThem() {
    var none = UUID.randomUUID();

    var heartbeat = at.heartbeat(none, "");
    var status = api.get("/api/daemon/tasks/%s/status".formatted(none));

    assertThat(heartbeat.status()).isEqualTo(404);
    assertThat(heartbeat.text()).contains("runtime not found");
    assertThat(status.status()).isEqualTo(404);
    assertThat(status.text()).contains("task not found");
    assertThat(
            at.heartbeat(
                    api.newRuntime(at.id(), "dm", "claude", 1), ",\"supports_batch_import\":true")
                .ok()
                .get("status")
                .asString())
        .isEqualTo("ok");
  }
}
