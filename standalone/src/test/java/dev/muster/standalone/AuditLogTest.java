package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import tools.jackson.databind.JsonNode;

/// Who changed what in a workspace can be read, and nothing is changed without being there.
class AuditLogTest {
  private final TestWorkspace at = TestWorkspace.make();
  private final Api api = at.api();
  private final Users users = new Users(at.muster());
  private final String log = "/api/workspaces/" + at.id() + "/audit-log";

  private List<JsonNode> entries() {
    return api.get(log).ok().get("entries").valueStream().toList();
  }

  private List<String> actions() {
    return entries().stream().map(entry -> entry.get("action").asString()).toList();
  }

  private Api member(String role) {
    var user = users.newUser();
    users.join(user, at.id(), role);
    return users.api(user, Users.Narrowing.NONE);
  }

  @Test
  void eachChangeIsThereWithItsActorWhatItSetAndHowItWasAnswered() {
    var runtime = api.newRuntime(at.id(), "desk", "claude", 1);

    api.send("PATCH", "/api/runtimes/" + runtime, "{\"name\":\"Desk\"}", "X-Request-ID", "my-1")
        .ok();

    var entry = entries().getFirst();
    assertThat(entry.get("action").asString()).isEqualTo("PATCH /api/runtimes/{id}");
    assertThat(entry.get("subject_id").asString()).isEqualTo(runtime.toString());
    assertThat(entry.get("members").valueStream().map(JsonNode::asString)).containsExactly("name");
    assertThat(entry.get("status").asInt()).isEqualTo(200);
    assertThat(entry.get("actor_type").asString()).isEqualTo("member");
    assertThat(entry.get("actor_id").asString())
        .isEqualTo(api.get("/api/me").ok().get("id").asString());
    assertThat(entry.get("actor_name").asString()).isNotEmpty();
    assertThat(entry.get("token_id").asString()).isNotEmpty();
    assertThat(entry.get("address").asString()).isNotEmpty();
    assertThat(entry.get("request_id").asString()).isEqualTo("my-1");
    assertThat(entry.toString()).doesNotContain("Desk");
  }

  @Test
  void everyKindOfThingIsInTheLog() {
    var runtime = api.newRuntime(at.id(), "desk", "claude", 1);
    var agent = at.newAgent(runtime, "");
    var in = "?workspace_id=" + at.id();
    api.post("/api/agents/%s/pause".formatted(agent), "{}").ok();
    var skill = Api.id(api.post("/api/skills" + in, "{\"name\":\"s\",\"content\":\"c\"}").ok());
    api.put("/api/skills/" + skill, "{\"name\":\"t\"}").ok();
    var schedule =
        Api.id(
            api.post(
                    "/api/schedules" + in,
                    "{\"title\":\"n\",\"agent_id\":\"%s\",\"every_seconds\":3600}".formatted(agent))
                .ok());
    api.post("/api/schedules/%s/pause".formatted(schedule), "{}").ok();
    var webhook =
        Api.id(
            api.post(
                    "/api/webhooks" + in,
                    "{\"name\":\"w\",\"url\":\"http://localhost:1/\",\"events\":[\"*\"]}")
                .ok());
    api.delete("/api/webhooks/" + webhook).ok();
    api.put("/api/workspaces/" + at.id(), "{\"name\":\"New\"}").ok();
    api.post(
            "/api/workspaces/%s/service-tokens".formatted(at.id()),
            "{\"name\":\"d\",\"scope\":\"daemon\"}")
        .ok();

    assertThat(actions())
        .containsExactly(
            "POST /api/workspaces/{id}/service-tokens",
            "PUT /api/workspaces/{id}",
            "DELETE /api/webhooks/{id}",
            "POST /api/webhooks",
            "POST /api/schedules/{id}/pause",
            "POST /api/schedules",
            "PUT /api/skills/{id}",
            "POST /api/skills",
            "POST /api/agents/{id}/pause",
            "POST /api/agents");
    var made =
        entries().stream()
            .filter(entry -> entry.get("action").asString().equals("POST /api/webhooks"))
            .findFirst()
            .orElseThrow();
    assertThat(made.get("subject_id").asString()).isEqualTo(webhook.toString());
    assertThat(made.toString()).doesNotContain("localhost:1/");
    assertThat(member("member").get(log).status()).isEqualTo(403);
    assertThat(member("admin").get(log).status()).isEqualTo(200);
  }

  @Test
  void whatIsRefusedIsNotThere() {
    var runtime = api.newRuntime(at.id(), "desk", "claude", 1);
    var other = TestWorkspace.make();
    var user = users.newUser();
    users.join(user, other.id(), "admin");
    var stranger = users.api(user, Users.Narrowing.NONE);

    assertThat(api.send("PATCH", "/api/runtimes/" + runtime, "{\"name\":5}").status())
        .isEqualTo(400);
    assertThat(api.delete("/api/agents/" + UUID.randomUUID()).status()).isEqualTo(404);
    assertThat(stranger.send("PATCH", "/api/runtimes/" + runtime, "{\"name\":\"x\"}").status())
        .isEqualTo(404);
    assertThat(stranger.get(log).status()).isEqualTo(404);

    assertThat(entries()).isEmpty();
  }

  @Test
  void anEntryIsThereBeforeItsChange() throws Exception {
    var runtime = api.newRuntime(at.id(), "desk", "claude", 1);
    var source = new DriverManagerDataSource(TestServers.get().jdbcUrl());
    try (var connection = source.getConnection()) {
      connection.setAutoCommit(false);
      try (var lock = connection.createStatement()) {
        lock.execute("SELECT FROM runtime WHERE id = '%s' FOR UPDATE".formatted(runtime));
      }
      var renamed =
          Thread.ofVirtual()
              .start(() -> api.send("PATCH", "/api/runtimes/" + runtime, "{\"name\":\"Later\"}"));

      await().atMost(Duration.ofSeconds(20)).until(() -> entries().size() == 1);
      assertThat(entries().getFirst().get("status").isNull()).isTrue();

      connection.rollback();
      renamed.join();
    }
    assertThat(entries().getFirst().get("status").asInt()).isEqualTo(200);
  }

  @Test
  void theLogComesInPages() {
    var runtime = api.newRuntime(at.id(), "desk", "claude", 1);
    for (var name : List.of("a", "b", "c")) {
      api.send("PATCH", "/api/runtimes/" + runtime, "{\"name\":\"%s\"}".formatted(name)).ok();
    }

    var first = api.get(log + "?limit=2").ok();
    var second = api.get(log + "?limit=2&cursor=" + first.get("next").asString()).ok();

    assertThat(first.get("entries").size()).isEqualTo(2);
    assertThat(second.get("entries").size()).isEqualTo(1);
    assertThat(second.get("next").isNull()).isTrue();
    assertThat(api.get(log + "?cursor=x").status()).isEqualTo(400);
  }
}
