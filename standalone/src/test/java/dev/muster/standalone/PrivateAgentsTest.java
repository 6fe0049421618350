package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// What a private agent is told to do is for its owner and those who administer the workspace, on
/// whatever way one looks.
class PrivateAgentsTest {
  private static final String SECRET = "the launch code";

  private final TestWorkspace at = TestWorkspace.make();
  private final Users users = new Users(at.muster());
  private final UUID memberId = users.newUser();
  private final UUID ownerId = users.newUser();
  private final Api member = member(memberId);
  private final Api owner = member(ownerId);
  private final UUID runtime = at.api().newRuntime(at.id(), "dm1", "claude", 1);
  private final UUID agent = privateAgentOf(ownerId);
  private int budgets;

  private Api member(UUID user) {
    users.join(user, at.id(), "member");
    return users.api(user, Users.Narrowing.NONE);
  }

  /// Members make no agents, but may own one.
  private UUID privateAgentOf(UUID user) {
    var made =
        at.newAgent(
            runtime,
            ",\"visibility\":\"private\",\"instructions\":\"%s\",\"runtime_config\":{\"key\":\"%s\"}"
                .formatted(SECRET, SECRET));
    at.muster()
        .db()
        .sql("UPDATE agent SET owner_id = :user WHERE id = :agent")
        .param("user", user)
        .param("agent", made)
        .update();
    return made;
  }

  /// A change of each kind that tells something of the agent.
  private void itIsChanged() {
    at.api().put("/api/agents/" + agent, "{\"description\":\"changed\"}").ok();
    var skill =
        at.api()
            .post(
                "/api/skills?workspace_id=" + at.id(),
                "{\"name\":\"%s\"}".formatted(UUID.randomUUID()))
            .ok();
    at.api()
        .put(
            "/api/agents/" + agent + "/skills", "{\"skill_ids\":[\"%s\"]}".formatted(Api.id(skill)))
        .ok();
    var budget = "{\"tokens_per_day\":%d}".formatted(4_711_000 + budgets++);
    at.api().put("/api/agents/" + agent + "/budget", budget).ok();
    at.muster().feed().complete(at.muster(), at.id());
  }

  private static List<JsonNode> of(UUID agent, Dashboard dashboard) {
    return dashboard.frames().stream()
        .filter(frame -> frame.toString().contains(agent.toString()))
        .filter(frame -> frame.path("type").asString().startsWith("agent:"))
        .toList();
  }

  @Test
  void aDashboardIsToldOfItOnlyIfItsViewerMaySeeIt() {
    var epoch = member.get("/api/workspaces/" + at.id() + "/events").ok().get("epoch").asString();
    var theMembers =
        List.of(
            Dashboard.watch(member, at.id(), ""),
            Dashboard.watch(member, at.id(), "&since=" + epoch + ":0"));
    var theOthers =
        List.of(
            Dashboard.watch(owner, at.id(), ""),
            Dashboard.watch(owner, at.id(), "&since=" + epoch + ":0"),
            Dashboard.watch(at.api(), at.id(), ""));
    itIsChanged();
    var end = at.newAgent(runtime, ",\"name\":\"for all to see\"");
    at.muster().feed().complete(at.muster(), at.id());

    for (var dashboard : theMembers) {
      await().until(() -> !of(end, dashboard).isEmpty());
      assertThat(of(agent, dashboard)).isEmpty();
      assertThat(dashboard.texts().toString()).doesNotContain(SECRET, "4711");
    }
    for (var dashboard : theOthers) {
      await().until(() -> dashboard.texts().toString().contains(SECRET));
    }
  }

  @Test
  void theHistoryTellsOthersThatItIsThereAndNotWhatItIs() {
    itIsChanged();
    var path = "/api/workspaces/" + at.id() + "/events";

    for (var query : List.of("", "?subject=" + agent)) {
      var seen = member.get(path + query).ok().get("events");
      assertThat(seen.toString()).doesNotContain(SECRET, "4711");
      assertThat(seen.valueStream().filter(e -> e.path("subject").asString().equals(agent + "")))
          .isNotEmpty()
          .allSatisfy(event ->
              assertThat(event.get("data").toString())
                  .isEqualTo(
                      "{\"agent\":{\"id\":\"%s\",\"visibility\":\"private\"}}".formatted(agent)));
      assertThat(owner.get(path + query).ok().toString()).contains(SECRET);
      assertThat(at.api().get(path + query).ok().toString()).contains(SECRET);
    }
  }

  @Test
  void whoNoLongerAdministersIsNotToldAnyMore() {
    var admin = users.newUser();
    users.join(admin, at.id(), "admin");
    var dashboard = Dashboard.watch(users.api(admin, Users.Narrowing.NONE), at.id(), "");
    itIsChanged();
    await().until(() -> !of(agent, dashboard).isEmpty());

    at.muster()
        .db()
        .sql(
            "UPDATE member SET role = 'member' WHERE workspace_id = :workspace AND user_id = :user")
        .param("workspace", at.id())
        .param("user", admin)
        .update();

    // Within some seconds; then nothing of it comes before what comes after it.
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> {
          var before = of(agent, dashboard).size();
          itIsChanged();
          var later = at.newAgent(runtime, "");
          await().until(() -> !of(later, dashboard).isEmpty());
          return of(agent, dashboard).size() == before;
        });
  }
}
