package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.api.request.RouteOwner;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// A request of which a part would be ignored is refused, but for those of Multica's clients.
class StrictRequestsTest {
  private final TestMuster muster = TestMuster.get();
  private final Api api = muster.api();
  private final World world = World.create(muster, api);
  private final String in = "?workspace_id=" + world.workspace();

  private static List<Routes.Route> routesOf(RouteOwner owner) {
    return Routes.ALL.stream()
        .filter(route -> owner.routes().contains(route.name()))
        .filter(route -> !route.name().matches("DELETE .*|.*/leave|GET /ws"))
        .toList();
  }

  private Api.Answer send(Routes.Route route, String path, String body) {
    return api.send(route.method(), world.fill(path), body);
  }

  private static List<String> unknown(Api.Answer answer) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(400);
    assertThat(answer.json().get("type").asString()).isEqualTo("urn:muster:problem:unknown-field");
    return StreamSupport.stream(answer.json().get("unknown").spliterator(), false)
        .map(StrictRequestsTest::told)
        .toList();
  }

  private static String told(JsonNode unknown) {
    var nearest = unknown.get("nearest");
    return unknown.get("field").asString() + (nearest == null ? "" : "→" + nearest.asString());
  }

  private static String withMember(String body, String member) {
    return "{" + member + (body.equals("{}") ? "" : ",") + body.substring(1);
  }

  @Test
  void eachRouteIsMustersOrMulticas() {
    var listed =
        Arrays.stream(RouteOwner.values())
            .flatMap(owner -> owner.routes().stream())
            .collect(Collectors.groupingBy(route -> route, Collectors.counting()));

    assertThat(new TreeSet<>(listed.keySet())).isEqualTo(Routes.ofProduct(muster));
    assertThat(listed.values()).containsOnly(1L);
  }

  @Test
  void everyOwnRouteRefusesAParameterItDoesNotKnow() {
    var before = world.kept();

    for (var route : routesOf(RouteOwner.MUSTER)) {
      var path = route.path() + (route.path().contains("?") ? "&" : "?") + "zzzzzzzz=1";
      var body = route.method().equals("GET") ? null : world.fill(String.valueOf(route.body()));
      var answer = api.send(route.method(), world.fill(path), "null".equals(body) ? "" : body);
      assertThat(unknown(answer)).as(route.name()).containsExactly("zzzzzzzz");
    }

    assertThat(world.kept()).isEqualTo(before);
  }

  @Test
  void everyOwnRouteRefusesAMemberItDoesNotKnow() {
    var before = world.kept();

    for (var route : routesOf(RouteOwner.MUSTER)) {
      if (!route.method().equals("GET")) {
        var good = route.body() == null ? "{}" : world.fill(route.body());
        var answer = send(route, route.path(), withMember(good, "\"zzzzzzzz\":1"));
        assertThat(unknown(answer)).as(route.name()).containsExactly("zzzzzzzz");
      }
    }

    assertThat(world.kept()).isEqualTo(before);
  }

  @Test
  void multicasClientsMaySendWhatMusterDoesNotKnow() {
    for (var route : routesOf(RouteOwner.MULTICA)) {
      var path = route.path() + (route.path().contains("?") ? "&" : "?") + "zzzzzzzz=1";
      var body =
          route.body() == null ? "{}" : withMember(world.fill(route.body()), "\"zzzzzzzz\":1");
      var answer =
          api.send(route.method(), world.fill(path), route.method().equals("GET") ? null : body);
      assertThat(answer.text()).as(route.name()).doesNotContain("zzzzzzzz is not known");
    }
  }

  @Test
  void allThatIsNotKnownIsToldAndWhatMayHaveBeenMeant() {
    var answer =
        api.post(
            "/api/tasks" + in,
            """
            {"title":"tonight","provider":"claude","run_at":"2030-01-01T00:00:00Z","timeout":60,"max_attemps":5}
            """);

    assertThat(unknown(answer))
        .containsExactly("run_at→run_after", "timeout→timeout_seconds", "max_attemps→max_attempts");
    assertThat(answer.json().get("detail").asString())
        .contains("max_attemps is not known: did you mean max_attempts?");
    assertThat(api.get("/api/tasks" + in + "&status=queued").ok().get("tasks"))
        .noneMatch(task -> task.toString().contains("tonight"));
  }

  @Test
  void whatStandsInsideAnotherMemberIsFoundToo() {
    var answer =
        api.post(
            "/api/skills" + in,
            """
            {"name":"deep","config":{"any":{"thing":1}},"files":[{"path":"a.md","content":"A"},{"path":"b.md","contents":"B"}]}
            """);

    assertThat(unknown(answer)).containsExactly("files[1].contents→files[1].content");
  }

  @Test
  void aFilterUnderAnotherNameDoesNotMeanEverything() {
    assertThat(unknown(api.get("/api/tasks" + in + "&state=running")))
        .containsExactly("state→status");
    assertThat(unknown(api.get("/api/dead-letters" + in + "&reason=runtime_lost")))
        .containsExactly("reason→failure_reason");
    var letters = api.get("/api/dead-letters" + in).ok().size();
    var redrive = api.post("/api/dead-letters/redrive" + in, "{\"reason\":\"runtime_lost\"}");
    assertThat(unknown(redrive)).containsExactly("reason→failure_reason");
    assertThat(letters).isPositive();
    assertThat(api.get("/api/dead-letters" + in).ok().size()).isEqualTo(letters);
  }

  @Test
  void aNulInAQueryIsRefusedWithItsParameterOnEachRoute() {
    for (var path : List.of("/api/skills", "/api/tasks", "/api/issues", "/api/agents")) {
      var answer = api.get(path + in + "&limit=1&after=%00a");

      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.json().path("field").asString()).isEqualTo("after");
      assertThat(answer.json().path("reason").asString()).isEqualTo("has a NUL in it");
    }
  }

  @Test
  void aRedriveOfManySaysHowManyWereMeantAndHowManyAreLeft() {
    var workspace = api.newWorkspace();
    var runtime = api.newRuntime(workspace, "many", "claude", 10);
    var agent = api.newAgent(workspace, runtime, 10);
    for (var i = 0; i < 3; i++) {
      api.newIssue(workspace, agent);
      var task = UUID.fromString(api.claim(runtime).get("id").asString());
      api.start(task).ok();
      api.post("/api/daemon/tasks/" + task + "/fail", "{\"error\":\"e\"}").ok();
    }

    var some =
        api.post("/api/dead-letters/redrive?workspace_id=" + workspace, "{\"limit\":2}").ok();

    assertThat(some.get("matched").asInt()).isEqualTo(3);
    assertThat(some.get("redriven").asInt()).isEqualTo(2);
    assertThat(some.get("left").asInt()).isEqualTo(1);
  }

  private static void refused(Api.Answer answer, String field, String reason) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(400);
    assertThat(answer.json().path("field").asString("")).as(answer.text()).isEqualTo(field);
    assertThat(answer.json().path("reason").asString("")).isEqualTo(reason);
  }

  @Test
  void whatIsGivenTwiceIsRefusedSinceNobodyKnowsWhichIsMeant() {
    var twice = "is given more than once";
    var before = world.kept();

    refused(
        api.post("/api/tasks" + in, "{\"title\":\"a\",\"title\":\"b\",\"provider\":\"claude\"}"),
        "title",
        twice);
    refused(
        api.post(
            "/api/skills" + in,
            """
            {"name":"n","files":[{"path":"a.md","content":"A"},{"path":"b.md","path":"c.md"}]}
            """),
        "files[1].path",
        twice);
    refused(api.get("/api/tasks" + in + "&status=running&status=queued"), "status", twice);
    refused(
        api.get("/api/tasks" + in + "&workspace_id=" + UUID.randomUUID()), "workspace_id", twice);
    assertThat(world.kept()).isEqualTo(before);
  }

  @Test
  void whatStandsAfterTheBodyIsNotPassedOverInSilence() {
    var task = "{\"title\":\"first\",\"provider\":\"claude\"}";
    var before = world.kept();

    for (var more : List.of(task, " {}", " garbage", "]", ",", "\0", "\n1")) {
      assertThat(api.post("/api/tasks" + in, task + more).status()).as(more).isEqualTo(400);
    }
    assertThat(world.kept()).isEqualTo(before);
    api.post("/api/tasks" + in, task + " \r\n").ok();
  }

  @Test
  void textThatIsNotUtf8IsRefusedRatherThanKeptWithoutItsLetters() {
    var raw = RawHttp.of(muster);
    var before = world.kept();

    for (var type : List.of("application/json", "application/json; charset=iso-8859-1")) {
      var answer =
          raw.send(
              "POST",
              "/api/tasks" + in,
              "Authorization: Bearer %s\r\nContent-Type: %s\r\n".formatted(api.token(), type),
              "{\"title\":\"gr\u00fc\u00dfe\",\"provider\":\"claude\"}"
                  .getBytes(StandardCharsets.ISO_8859_1));
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.text()).contains("it is not UTF-8");
    }
    assertThat(world.kept()).isEqualTo(before);
  }

  @Test
  void aTimeOfNoYearThatCanBeKeptIsNamed() {
    var before = world.kept();

    for (var time : List.of("0000-01-01T00:00:00Z", "-99999-01-01T00:00:00Z")) {
      refused(
          api.post(
              "/api/tasks" + in,
              "{\"title\":\"t\",\"provider\":\"claude\",\"run_after\":\"%s\"}".formatted(time)),
          "run_after",
          "is not of the years 1 to 9999");
      refused(
          api.get("/api/tasks" + in + "&created_after=" + time),
          "created_after",
          "is not of the years 1 to 9999");
    }
    assertThat(world.kept()).isEqualTo(before);
  }

  @Test
  void aPartOfTheOutputThatCannotBeAskedForIsNamed() {
    var messages = world.fill("/api/tasks/{failed}/messages");

    refused(api.get(messages + "?claim_generation=x"), "claim_generation", "is not a number");
    refused(api.get(messages + "?limit=0"), "limit", "must be between 1 and 500");
  }

  @Test
  void labelsThatAreNoneSelectNothing() {
    var otherwise = "is required, or else provider or labels";
    refused(api.post("/api/tasks" + in, "{\"title\":\"t\",\"labels\":{}}"), "agent_id", otherwise);
    refused(
        api.post("/api/schedules" + in, "{\"title\":\"t\",\"cron\":\"* * * * *\",\"labels\":{}}"),
        "agent_id",
        otherwise);
  }

  @Test
  void whatMulticasClientsMaySayAndMusterDoesNotHaveIsNotTakenInSilence() {
    var issue = world.fill("/api/issues/{issue}");
    var before = world.kept();

    refused(
        api.post("/api/issues" + in, "{\"title\":\"t\",\"project_id\":\"p\"}"),
        "project_id",
        "names a project, and there are none");
    for (var path : List.of("/api/issues" + in, issue + "/comments")) {
      refused(
          api.post(path, "{\"title\":\"t\",\"content\":\"c\",\"attachment_ids\":[\"a\"]}"),
          "attachment_ids",
          "names attachments, and this server keeps none");
    }
    refused(
        api.put(issue, "{\"parent_issue_id\":\"%s\"}".formatted(UUID.randomUUID())),
        "parent_issue_id",
        "cannot be changed");
    refused(
        api.put("/api/workspaces/" + world.workspace(), "{\"slug\":\"another\"}"),
        "slug",
        "cannot be changed");
    assertThat(world.kept()).isEqualTo(before);

    api.put(issue, "{\"parent_issue_id\":null,\"project_id\":null,\"attachment_ids\":[]}").ok();
    var slug = api.get("/api/workspaces/" + world.workspace()).ok().get("slug").asString();
    api.put("/api/workspaces/" + world.workspace(), "{\"slug\":\"%s\"}".formatted(slug)).ok();
  }

  @Test
  void everyListTakesALimitAndRefusesOneThatItCannotKeep() {
    var lists =
        List.of(
            "/api/issues" + in,
            "/api/agents" + in,
            "/api/runtimes" + in,
            "/api/skills" + in,
            "/api/tokens?",
            world.fill("/api/issues/{issue}/comments?"),
            world.fill("/api/workspaces/{workspace}/token-audit?"),
            world.fill("/api/workspaces/{workspace}/audit-log?"));

    for (var list : lists) {
      for (var limit : List.of("1000000", "-1", "x")) {
        var answer = api.get(list + "&limit=" + limit);
        assertThat(answer.status()).as(list + limit + answer.text()).isEqualTo(400);
        assertThat(answer.json().get("field").asString()).isEqualTo("limit");
      }
      api.get(list + "&limit=1").ok();
    }
    api.post("/api/tokens", "{\"name\":\"another\"}").ok();
    var some = api.get("/api/tokens?limit=1");
    assertThat(some.ok().size()).isEqualTo(1);
    assertThat(some.response().headers().firstValue("Link").orElse("")).contains("limit=1&cursor=");
  }

  @Test
  void aReportOfUsageSaysHowManyOfItsEntriesHaveNoDay() {
    var path = world.fill("/api/daemon/runtimes/{runtime}/usage");
    var entry = "{\"date\":\"%s\",\"provider\":\"p\",\"model\":\"m\",\"input_tokens\":1}";

    var answer =
        api.post(
                path,
                "{\"entries\":[%s,%s,{}]}"
                    .formatted(entry.formatted("2026-02-30"), entry.formatted("2026-02-03")))
            .ok();

    assertThat(answer.get("left_out").asInt()).isEqualTo(2);
    assertThat(api.get(world.fill("/api/runtimes/{runtime}/usage?days=365")).text())
        .contains("2026-02-03");
  }

  @Test
  void whatIsMissingIsNamedAsAField() {
    refused(api.post("/api/tasks" + in, "{\"provider\":\"claude\"}"), "title", "is required");
    refused(api.get("/api/tasks"), "workspace_id", "is required");
    refused(api.post("/api/tokens", "{}"), "name", "is required");
  }
}
