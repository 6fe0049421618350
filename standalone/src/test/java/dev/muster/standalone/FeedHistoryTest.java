package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// A cursor that is older than the log is told so, and never given a part.
@Tag("faults")
class FeedHistoryTest {
  private static final long RELAYS_LOCK = 0x6d757374_72656c79L;

  private final TestWorkspace at = TestWorkspace.make();

  @Test
  void whoIsTooFarBehindIsToldWhatIsLeft() {
    at.api().newRuntime(at.id(), "dm", "claude", 1);
    at.api().newRuntime(at.id(), "dm2", "claude", 1);
    var head = at.muster().feed().complete(at.muster(), at.id()).size();
    assertThat(head).isGreaterThanOrEqualTo(3);
    at.db()
        .sql("DELETE FROM event_log WHERE workspace_id = :w AND position < :head")
        .param("w", at.id())
        .param("head", head)
        .update();

    var behind = events(0);
    assertThat(behind.status()).isEqualTo(410);
    assertThat(behind.json().get("type").asString()).isEqualTo("urn:muster:problem:too-far-behind");
    assertThat(behind.json().get("oldest").asInt()).isEqualTo(head);
    assertThat(behind.json().get("head").asInt()).isEqualTo(head);
    assertThat(events(head - 2).status()).isEqualTo(410);
    assertThat(events(head - 1).ok().get("events")).hasSize(1);
    assertThat(events(head).ok().get("events")).isEmpty();

    at.db().sql("DELETE FROM event_log WHERE workspace_id = :w").param("w", at.id()).update();
    assertThat(events(head - 1).status()).isEqualTo(410);
    assertThat(events(head - 1).json().get("oldest").asInt()).isEqualTo(head + 1);
    assertThat(events(head).ok().get("events")).isEmpty();
  }

  @Test
  void aTasksEventsAreReadByThemselves() {
    var runtime = at.api().newRuntime(at.id(), "dm", "claude", 2);
    var agent = at.newAgent(runtime, "");
    var other = at.newTask(agent, "");
    var task = at.newTask(agent, ",\"priority\":\"high\"");
    assertThat(Api.id(at.api().claim(runtime, 20))).isEqualTo(task);
    at.api().start(task).ok();
    at.muster().feed().complete(at.muster(), at.id());

    var page = of(at.api(), task, "").ok();

    assertThat(types(page))
        .containsExactly("task.queued", "task.assigned", "task.dispatched", "task.running");
    assertThat(page.get("events").get(3).get("seq").asInt()).isEqualTo(4);
    var second = page.get("events").get(1).get("position").asLong();
    assertThat(types(of(at.api(), task, "&after=" + second).ok()))
        .containsExactly("task.dispatched", "task.running");
    assertThat(of(at.api(), task, "&limit=1").ok().get("events")).hasSize(1);
    assertThat(of(at.api(), other, "").ok().get("events")).isNotEmpty();
    assertThat(of(at.api(), UUID.randomUUID(), "").status()).isEqualTo(404);
    var elsewhere = TestWorkspace.make();
    var foreign =
        elsewhere.api().get("/api/workspaces/" + elsewhere.id() + "/events?subject=" + task);
    assertThat(foreign.status()).isEqualTo(404);
    var malformed = at.api().get("/api/workspaces/" + at.id() + "/events?subject=x");
    assertThat(malformed.status()).isEqualTo(400);
    assertThat(malformed.json().get("field").asString()).isEqualTo("subject");
  }

  @Test
  void whatHasJustBeenMadeIsKnownBeforeItsFirstEventIsInTheFeed() throws SQLException {
    var runtime = at.api().newRuntime(at.id(), "dm", "claude", 2);
    var agent = at.newAgent(runtime, "");
    try (var relay = DriverManager.getConnection(TestServers.get().jdbcUrl());
        var statement = relay.createStatement()) {
      relay.setAutoCommit(false);
      // As a relay that is at work: no other moves anything meanwhile.
      statement.execute("SELECT pg_advisory_xact_lock(%d)".formatted(RELAYS_LOCK));
      var task = at.newTask(agent, "");

      assertThat(of(at.api(), task, "").ok().get("events")).isEmpty();

      relay.rollback();
      assertThat(at.story(task)).isNotEmpty();
      assertThat(of(at.api(), task, "").ok().get("events")).isNotEmpty();
    }
  }

  private static List<String> types(JsonNode page) {
    return StreamSupport.stream(page.get("events").spliterator(), false)
        .map(event -> event.get("type").asString())
        .toList();
  }

  private Api.Answer of(Api api, UUID subject, String more) {
    return api.get("/api/workspaces/" + at.id() + "/events?subject=" + subject + more);
  }

  private Api.Answer events(int after) {
    return at.api().get("/api/workspaces/" + at.id() + "/events?after=" + after);
  }
}
