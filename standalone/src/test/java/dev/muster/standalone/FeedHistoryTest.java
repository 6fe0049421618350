package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// A cursor that is older than the log is told so, and never given a part.
class FeedHistoryTest {
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

  private Api.Answer events(int after) {
    return at.api().get("/api/workspaces/" + at.id() + "/events?after=" + after);
  }
}
