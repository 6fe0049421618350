package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/// What has been overtaken has one clear answer, and lists do not end in silence.
class OvertakenTest {
  private final TestWorkspace at = TestWorkspace.make();
  private final Api api = at.api();
  private final String events = "/api/workspaces/" + at.id() + "/events?after=";
  private final UUID runtime = api.newRuntime(at.id(), "dm", "claude", 10);
  private final UUID agent = at.newAgent(runtime, ",\"max_concurrent_tasks\":10");

  private static String kind(Api.Answer answer) {
    return answer.json().get("type").asString().replace("urn:muster:problem:", "");
  }

  @Test
  void aPositionAheadOfTheFeedOrOfAnotherHistoryIsGone() {
    at.muster().feed().complete(at.muster(), at.id());
    var page = api.get(events + "0").ok();
    var head = page.get("head").asLong();
    var epoch = page.get("epoch").asString();

    var ahead = api.get(events + (head + 1_000_000));
    assertThat(ahead.status()).isEqualTo(410);
    assertThat(kind(ahead)).isEqualTo("ahead-of-feed");
    assertThat(ahead.json().get("head").asLong()).isGreaterThanOrEqualTo(head);
    var other = api.get(events + "other:" + head);
    assertThat(other.status()).isEqualTo(410);
    assertThat(kind(other)).isEqualTo("epoch-changed");
    assertThat(other.json().get("epoch").asString()).isEqualTo(epoch);
    assertThat(api.get(events + epoch + ":" + head).status()).isEqualTo(200);
    assertThat(api.get(events + epoch + ":x").status()).isEqualTo(400);
  }

  @Test
  void whatTheFeedKnowsNothingOfIsNotAnEmptySuccess() {
    assertThat(api.get(events + "0&subject=" + UUID.randomUUID()).status()).isEqualTo(404);
  }

  @Test
  void aCreateThatIsSentAgainAfterItsTaskWasDeletedIsNoNotFound() {
    var path = "/api/tasks?workspace_id=" + at.id();
    var body = "{\"title\":\"once\",\"agent_id\":\"%s\"}".formatted(agent);
    var made = api.post(path, body, "Idempotency-Key", "k1").ok();
    api.delete("/api/issues/" + made.get("issue_id").asString()).ok();

    var again = api.post(path, body, "Idempotency-Key", "k1");

    assertThat(again.status()).isEqualTo(410);
    assertThat(kind(again)).isEqualTo("task-deleted");
    assertThat(again.json().get("task_id").asString()).isEqualTo(made.get("id").asString());
  }

  @Test
  void deadLettersAndTheTasksOfAnAgentGoOnInAnotherPage() {
    for (var i = 0; i < 5; i++) {
      var task = at.newTask(agent, "");
      assertThat(api.claim(runtime, 20).isNull()).isFalse();
      api.start(task).ok();
      api.post("/api/daemon/tasks/" + task + "/fail", "{\"error\":\"e\"}").ok();
    }
    var read = new ArrayList<String>();
    var path = "/api/dead-letters";
    var query = "?workspace_id=" + at.id() + "&limit=2";
    while (!query.isEmpty()) {
      var page = api.get(path + query);
      page.ok().forEach(task -> read.add(task.get("id").asString()));
      query =
          page.response()
              .headers()
              .firstValue("Link")
              .map(link -> link.substring(1, link.indexOf('>')))
              .orElse("");
    }

    assertThat(read).hasSize(5).doesNotHaveDuplicates();
    assertThat(api.get(path + "?workspace_id=" + at.id() + "&limit=501").status()).isEqualTo(400);
    assertThat(api.get(path + "?workspace_id=" + at.id() + "&limit=0").status()).isEqualTo(400);
    assertThat(api.get("/api/agents/" + agent + "/tasks").ok().size()).isEqualTo(5);
  }

  @Test
  void membersServiceTokensAndPendingTasksGoOnInAnotherPage() {
    for (var i = 0; i < 4; i++) {
      at.newTask(agent, ",\"priority\":\"%s\"".formatted(i % 2 == 0 ? "high" : "none"));
      api.post(
              "/api/workspaces/" + at.id() + "/service-tokens",
              "{\"name\":\"d%d\",\"scope\":\"daemon\"}".formatted(i))
          .ok();
    }

    for (var list :
        new String[] {
          "/api/workspaces/" + at.id() + "/members",
          "/api/workspaces/" + at.id() + "/service-tokens",
          "/api/daemon/runtimes/" + runtime + "/tasks/pending"
        }) {
      var whole = ids(api.get(list));
      var paged = new ArrayList<String>();
      for (var query = "?limit=3"; !query.isEmpty(); query = next(api.get(list + query))) {
        paged.addAll(ids(api.get(list + query)));
      }
      assertThat(whole).as(list).hasSizeGreaterThan(3).doesNotHaveDuplicates();
      assertThat(paged).as(list).isEqualTo(whole);
      for (var wrong : new String[] {"limit=0", "limit=10001", "limit=x", "cursor=x"}) {
        var refused = api.get(list + "?" + wrong);
        assertThat(refused.status()).as(list + "?" + wrong).isEqualTo(400);
        assertThat(refused.json().get("field").asString()).isEqualTo(wrong.split("=", 2)[0]);
      }
    }
  }

  private static List<String> ids(Api.Answer list) {
    return StreamSupport.stream(list.ok().spliterator(), false)
        .map(each -> each.get("id").asString())
        .toList();
  }

  /// The query of the next page; empty behind the last.
  private static String next(Api.Answer page) {
    return page.response()
        .headers()
        .firstValue("Link")
        .map(link -> link.substring(link.indexOf('<') + 1, link.indexOf('>')))
        .orElse("");
  }

  @Test
  void theTotalOfIssuesIsOfAllPages() {
    for (var i = 0; i < 3; i++) {
      api.post("/api/issues?workspace_id=" + at.id(), "{\"title\":\"i\"}").ok();
    }

    var page = api.get("/api/issues?limit=2&workspace_id=" + at.id()).ok();

    assertThat(page.get("issues").size()).isEqualTo(2);
    assertThat(page.get("total").asInt()).isEqualTo(3);
    assertThat(page.get("next").asInt()).isEqualTo(2);
  }
}
