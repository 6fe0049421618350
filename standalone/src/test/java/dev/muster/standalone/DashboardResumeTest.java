package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The socket of a client that keeps a cursor: it comes back and has missed nothing, or is told so.
class DashboardResumeTest {
  private final TestWorkspace at = TestWorkspace.make();
  private final String epoch =
      at.api().get("/api/workspaces/" + at.id() + "/events").ok().get("epoch").asString();

  private Dashboard watch(String more) {
    return Dashboard.watch(at.api(), at.id(), more);
  }

  private long head() {
    at.muster().feed().complete(at.muster(), at.id());
    return at.api().get("/api/workspaces/" + at.id() + "/events").ok().get("head").asLong();
  }

  private UUID issue(String title) {
    return Api.id(
        at.api()
            .post("/api/issues?workspace_id=" + at.id(), "{\"title\":\"%s\"}".formatted(title))
            .ok());
  }

  private void issues(int count) {
    for (var i = 0; i < count; i++) {
      issue("Issue " + i);
    }
  }

  @Test
  void whatWasMissedFollowsInOrderAndByteForByteAsItWasSent() {
    var always = watch("");
    var gone = watch("&heartbeat=1");
    issues(3);
    var left = head();
    gone.hears(left);
    gone.vanish();
    var runtime = at.api().newRuntime(at.id(), "dm1", "claude", 1);
    var task = at.newTask(at.newAgent(runtime, ""), "");
    at.api().claim(runtime);
    at.api().start(task).ok();
    at.api().complete(task, "done \\\" ü").ok();
    issues(20);
    var missed = head();

    var back = watch("&since=" + epoch + ":" + left);
    back.hears(missed);
    issues(3);
    var end = head();
    back.hears(end);
    always.hears(end);

    assertThat(back.texts().getFirst())
        .isEqualTo(
            "{\"type\":\"resume\",\"payload\":{\"recovered\":true,\"head\":\"%s:%d\"}}"
                .formatted(epoch, missed));
    assertThat(back.positions())
        .containsExactlyElementsOf(LongStream.rangeClosed(left + 1, end).boxed().toList());
    assertThat(always.events()).containsSequence(back.events());
    await()
        .untilAsserted(
            () -> assertThat(back.types()).as("how the agent stands now").contains("agent:status"));
  }

  @Test
  void whoHasEverythingIsToldSoAndGoesOnLive() {
    issues(2);
    var head = head();

    var back = watch("&since=" + epoch + ":" + head);
    issues(1);
    back.hears(head + 1);

    assertThat(back.first("resume").at("/payload/recovered").asBoolean()).isTrue();
    assertThat(back.positions()).containsExactly(head + 1);
  }

  @ParameterizedTest
  @CsvSource({
    "other:1,                 epoch_changed",
    "{epoch}:999999999,       ahead_of_feed",
    "'',                      malformed",
    "{epoch},                 malformed",
    "{epoch}:-1,              malformed",
    "{epoch}:1e3,             malformed",
    "{epoch}:99999999999999999999999, malformed"
  })
  void aCursorThatMeansNothingHereIsToldToBeginAnew(String cursor, String reason) {
    issues(2);
    var head = head();

    var back = watch("&since=" + cursor.replace("{epoch}", epoch));
    var resume = back.first("resume");
    issues(1);
    back.hears(head + 1);

    assertThat(resume.get("payload").toString())
        .isEqualTo(
            "{\"recovered\":false,\"reason\":\"%s\",\"head\":\"%s:%d\"}"
                .formatted(reason, epoch, head));
    assertThat(back.types().getFirst()).isEqualTo("resume");
    assertThat(back.positions()).containsExactly(head + 1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE feed_position SET position = position + 60000 WHERE workspace_id = :w",
        "DELETE FROM event_log WHERE workspace_id = :w AND position = 2"
      })
  void whoIsTooFarBehindGetsNoPart(String whatHappened) {
    issues(3);
    var head = head();
    at.db().sql(whatHappened).param("w", at.id()).update();

    var back = watch("&since=" + epoch + ":1");
    var resume = back.first("resume").get("payload");

    assertThat(resume.get("recovered").asBoolean()).isFalse();
    assertThat(resume.get("reason").asString()).isEqualTo("too_far_behind");
    assertThat(back.positions()).isEmpty();
    assertThat(head).isGreaterThan(1);
  }

  @Test
  void theFirstFrameAfterTheTokenSaysWhetherItResumed() {
    issues(2);
    var head = head();

    var back = Dashboard.knock(at.api(), at.id(), "&since=" + epoch + ":0");
    back.authenticate(at.api().token());
    back.hears(head);

    assertThat(back.types().subList(0, 2)).containsExactly("auth_ack", "resume");
    assertThat(back.positions())
        .containsExactlyElementsOf(LongStream.rangeClosed(1, head).boxed().toList());
  }

  @Test
  void aHeartbeatSaysHowFarAFilteredSocketHasBeenTold() {
    issues(2);
    var watching = watch("&since=" + epoch + ":0&kinds=skill");
    var other = watch("&heartbeat=1");
    var plain = watch("");

    issues(2);
    var head = head();
    plain.hears(head);
    var beat = watching.first("heartbeat");

    assertThat(beat.toString())
        .isEqualTo(
            "{\"type\":\"heartbeat\",\"payload\":{\"head\":\"%1$s:%2$d\"},\"cursor\":\"%1$s:%2$d\"}"
                .formatted(epoch, head));
    assertThat(watching.events()).isEmpty();
    other.first("heartbeat");
    assertThat(other.types()).doesNotContain("resume");
    assertThat(plain.types()).doesNotContain("heartbeat", "resume");
  }

  @Test
  void filtersHoldLiveAndInReplayAlike() {
    var runtime = at.api().newRuntime(at.id(), "dm1", "claude", 2);
    var agent = at.newAgent(runtime, ",\"max_concurrent_tasks\":2");
    var other = at.newAgent(runtime, "");
    var task = at.newTask(agent, "");
    var unrelated = at.newTask(other, "");
    var issue = at.task(task).get("issue_id").asString();
    var queries =
        List.of(
            "&kinds=task",
            "&kinds=runtime,agent",
            "&kinds=issue,comment",
            "&agent=" + agent,
            "&issue=" + issue,
            "&task=" + task,
            "&task=" + task + "&kinds=issue",
            "&kinds=task&agent=" + agent);
    var live = queries.stream().map(query -> watch("&since=" + epoch + ":0" + query)).toList();
    var all = watch("&since=" + epoch + ":0");

    at.api().claim(runtime);
    at.api().start(task).ok();
    at.api().post("/api/daemon/tasks/" + task + "/progress", "{\"summary\":\"Reading\"}").ok();
    live.get(3).first("task:progress");
    live.get(4).first("task:progress");
    live.get(5).first("task:progress");
    at.api().complete(task, "done").ok();
    at.api().person().post("/api/issues/" + issue + "/comments", "{\"content\":\"Thanks\"}").ok();
    at.api().post("/api/tasks/" + unrelated + "/cancel", "{}").ok();
    var head = head();
    all.hears(head);

    for (var i = 0; i < queries.size(); i++) {
      var replayed = watch("&since=" + epoch + ":0" + queries.get(i));
      var expected = expected(all.events(), i, List.of(agent.toString(), issue, task.toString()));
      var watching = live.get(i);
      await()
          .untilAsserted(() -> assertThat(watching.events()).containsExactlyElementsOf(expected));
      await()
          .untilAsserted(() -> assertThat(replayed.events()).containsExactlyElementsOf(expected));
    }
    assertThat(live.get(0).types()).contains("task:progress").doesNotContain("agent:status");
    assertThat(live.get(1).types()).doesNotContain("task:progress").contains("daemon:register");
  }

  /// What each query is to show of everything there was, told by the texts of the frames.
  private static List<String> expected(List<String> events, int query, List<String> ids) {
    return events.stream()
        .filter(text -> {
          var type = text.substring(9, text.indexOf('"', 9));
          var isTask = type.startsWith("task:");
          var isOfAgents = List.of("agent:created", "agent:status").contains(type);
          var isOfIssues = type.startsWith("issue:") || type.startsWith("comment:");
          var ofTask = isTask && text.contains(ids.get(2));
          // A task's dispatch names neither; the comment makes another task for the same.
          var ofAgent = ofTask || (isTask && text.contains(ids.getFirst()));
          var ofIssue = ofTask || (isTask && text.contains(ids.get(1)));
          return switch (query) {
            case 0 -> isTask;
            case 1 -> isOfAgents || type.startsWith("daemon:");
            case 2 -> isOfIssues;
            case 3 -> ofAgent || (isOfAgents && text.contains(ids.getFirst()));
            case 4 -> ofIssue || (isOfIssues && text.contains(ids.get(1)));
            case 5 -> ofTask;
            case 7 -> ofAgent;
            default -> false;
          };
        })
        .toList();
  }

  @ParameterizedTest
  @CsvSource({
    "kinds=nonsense, kinds",
    "'kinds=task,', kinds",
    "agent=x,        agent",
    "issue=MUS-1,    issue",
    "task=0,         task"
  })
  void aFilterThatCannotBeIsRefusedByItsName(String query, String field) {
    var answer =
        at.api()
            .as("")
            .get("/ws?workspace_id=" + at.id() + "&token=" + at.api().token() + "&" + query);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().get("field").asString()).isEqualTo(field);
  }
}
