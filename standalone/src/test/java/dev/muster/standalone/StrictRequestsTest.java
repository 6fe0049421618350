package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.api.request.RouteOwner;
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
}
