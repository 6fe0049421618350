package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.events.Event;
import java.util.ArrayList;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// The protocol of Multica's daemon of 2026-08: each claim has an id and a token of its own.
class TodayProtocolTest {
  private final TestWorkspace at = TestWorkspace.make();
  private final Api api = at.api();
  private TodayDaemon daemon = new TodayDaemon(api, at.id(), "", at.id());
  private UUID agent = at.id();

  @BeforeEach
  void aDaemonWithItsAgent() {
    daemon = TodayDaemon.start(api, at.id(), "today-" + at.id());
    agent = at.newAgent(daemon.runtime(), "");
  }

  private JsonNode comments(UUID issue) {
    return api.get("/api/issues/" + issue + "/comments").ok();
  }

  private void comment(UUID issue, String text) {
    api.post("/api/issues/" + issue + "/comments", "{\"content\":\"%s\"}".formatted(text)).ok();
  }

  @Test
  void aClaimHasAnIdAndATokenOfItsOwn() {
    var issue = api.newIssue(at.id(), agent);

    var task = daemon.claimOne();

    assertThat(task.get("auth_token").asString()).matches("mat_[0-9a-f]{40}");
    assertThat(Api.id(task)).isNotEqualTo(TodayDaemon.taskOf(task));
    assertThat(task.get("issue_id").asString()).isEqualTo(issue.toString());
    assertThat(task.get("agent_id").asString()).isEqualTo(agent.toString());
    assertThat(task.get("agent").get("id").asString()).isEqualTo(agent.toString());
    assertThat(task.get("workspace_id").asString()).isEqualTo(at.id().toString());
    assertThat(task.get("runtime_id").asString()).isEqualTo(daemon.runtime().toString());
    assertThat(task.has("trigger_comment_id")).isFalse();
  }

  @Test
  void theDatabaseKnowsAClaimByTheSameId() {
    api.newIssue(at.id(), agent);

    var task = daemon.claimOne();

    assertThat(
            at.db()
                .sql("SELECT attempt_id(id, claim_generation) FROM task WHERE id = :id")
                .param("id", TodayDaemon.taskOf(task))
                .query(UUID.class)
                .single())
        .isEqualTo(Api.id(task));
  }

  @Test
  void theFeedTellsOfTheTaskAndWhichClaimOfItIsMeant() {
    api.newIssue(at.id(), agent);
    var task = daemon.claimAndStart();
    var id = TodayDaemon.taskOf(task);
    daemon.complete(Api.id(task), "done").ok();

    assertThat(at.story(id)).endsWith("task.dispatched", "task.running", "task.completed");
    assertThat(
            at.muster().feed().of(at.id()).stream()
                .filter(event -> event.type().wire().equals("task.completed"))
                .map(Event::data)
                .toList())
        .singleElement()
        .asString()
        .contains(Api.id(task).toString());
  }

  @Test
  void theAgentWritesInItsOwnName() {
    var issue = api.newIssue(at.id(), agent);
    var task = daemon.claimAndStart();
    var own = daemon.agent(task);

    own.post("/api/issues/" + issue + "/comments", "{\"content\":\"Found it\"}").ok();
    var made = own.post("/api/issues?workspace_id=" + at.id(), "{\"title\":\"More\"}").ok();

    var comment = comments(issue).get(0);
    assertThat(comment.get("author_type").asString()).isEqualTo("agent");
    assertThat(comment.get("author_id").asString()).isEqualTo(agent.toString());
    assertThat(made.get("creator_type").asString()).isEqualTo("agent");
    assertThat(made.get("creator_id").asString()).isEqualTo(agent.toString());
  }

  @Test
  void anAgentThatHasCommentedLeavesNoSecondResult() {
    var issue = api.newIssue(at.id(), agent);
    var task = daemon.claimAndStart();
    daemon.agent(task).post("/api/issues/" + issue + "/comments", "{\"content\":\"r\"}").ok();

    daemon.complete(Api.id(task), "All done").ok();

    assertThat(comments(issue)).hasSize(1);
    assertThat(at.task(TodayDaemon.taskOf(task)).get("result").get("output").asString())
        .isEqualTo("All done");
  }

  @Test
  void anAgentThatSaidNothingLeavesItsOutput() {
    var issue = api.newIssue(at.id(), agent);
    var task = daemon.claimAndStart();

    daemon.complete(Api.id(task), "All done").ok();

    assertThat(comments(issue).get(0).get("content").asString()).isEqualTo("All done");
  }

  @Test
  void aTokenEndsWithItsClaim() {
    var issue = api.newIssue(at.id(), agent);
    var task = daemon.claimAndStart();
    var own = daemon.agent(task);
    assertThat(own.get("/api/issues/" + issue).status()).isEqualTo(200);

    daemon.complete(Api.id(task), "done").ok();

    assertThat(own.get("/api/issues/" + issue).status()).isEqualTo(401);
  }

  @Test
  void aRunThatIsAskedByAComment() {
    var issue = api.newIssue(at.id(), agent);
    var first = daemon.claimAndStart();
    comment(issue, "Why?");
    comment(issue, "And how?");
    daemon.complete(Api.id(first), "done").ok();

    var task = daemon.claimOne();

    assertThat(task.get("trigger_comment_content").asString()).isEqualTo("Why?");
    assertThat(task.get("trigger_author_type").asString()).isEqualTo("member");
    assertThat(task.get("trigger_thread_id").asString())
        .isEqualTo(task.get("trigger_comment_id").asString());
    assertThat(task.get("coalesced_comments").get(0).get("content").asString())
        .isEqualTo("And how?");
    assertThat(task.get("coalesced_comment_ids").get(0).asString())
        .isEqualTo(task.get("coalesced_comments").get(0).get("id").asString());
    assertThat(task.get("new_comment_count").asInt()).isEqualTo(2);
    assertThat(task.get("new_comments_since").asString()).isNotEmpty();
  }

  @Test
  void aCommentWhoseRunFailedIsTriedAgainAlsoWhereAnotherTaskWaits() {
    var issue = api.newIssue(at.id(), agent);
    daemon.complete(Api.id(daemon.claimAndStart()), "done").ok();
    comment(issue, "Why?");
    var asked = daemon.claimAndStart();
    comment(issue, "And how?");
    daemon.fail(Api.id(asked), "overloaded", "provider_unavailable").ok();

    var answered = new ArrayList<String>();
    for (var i = 0; i < 2; i++) {
      var task = daemon.claimSoon();
      answered.add(task.get("trigger_comment_content").asString());
      daemon.start(Api.id(task)).ok();
      daemon.complete(Api.id(task), "done").ok();
    }

    assertThat(answered).containsExactlyInAnyOrder("Why?", "And how?");
    assertThat(at.task(TodayDaemon.taskOf(asked)).get("status").asString()).isEqualTo("completed");
  }

  @Test
  void anotherClaimHasAnotherIdAndTheOldOneIsOver() {
    api.newIssue(at.id(), agent);
    var first = daemon.claimOne();
    var task = TodayDaemon.taskOf(first);
    assertThat(at.pass(task, "deadline_start")).isTrue();

    var second = daemon.claimSoon();
    daemon.start(Api.id(second)).ok();

    assertThat(TodayDaemon.taskOf(second)).isEqualTo(task);
    assertThat(Api.id(second)).isNotEqualTo(Api.id(first));
    assertThat(daemon.status(Api.id(first))).isEqualTo("failed");
    assertThat(daemon.status(Api.id(second))).isEqualTo("running");
    assertThat(daemon.complete(Api.id(first), "old").status()).isEqualTo(409);
    assertThat(daemon.fail(Api.id(first), "old", "agent_error.unknown").status()).isEqualTo(409);
    assertThat(at.task(task).get("status").asString()).isEqualTo("running");
    assertThat(daemon.agent(first).get("/api/me").status()).isEqualTo(401);
    assertThat(daemon.agent(second).get("/api/me").status()).isEqualTo(200);
  }

  @Test
  void anAgentEndsItsOwnTaskByEitherIdAndNoOther() {
    api.newIssue(at.id(), agent);
    var other = at.newAgent(daemon.runtime(), "");
    var task = daemon.claimAndStart();
    var foreign = at.newTask(other, "");
    var own = daemon.agent(task);

    assertThat(own.post("/api/tasks/" + foreign + "/cancel", "{}").status()).isEqualTo(403);
    assertThat(own.get("/api/tasks/" + Api.id(task)).ok().get("id").asString())
        .isEqualTo(TodayDaemon.taskOf(task).toString());
    assertThat(own.post("/api/tasks/" + Api.id(task) + "/cancel", "{}").status()).isEqualTo(200);
    assertThat(daemon.status(Api.id(task))).isEqualTo("cancelled");
  }

  @Test
  void aTaskThatIsBeingPreparedIsNotHandedOutOnceMore() {
    api.newIssue(at.id(), agent);
    var task = daemon.claimOne();
    var path =
        "/api/daemon/runtimes/%s/tasks/%s/prepare-lease".formatted(daemon.runtime(), Api.id(task));
    forget(task);
    daemon.post(path, "{}").ok();
    assertThat(daemon.claim(1)).isEmpty();

    forget(task);

    assertThat(Api.id(daemon.claimOne())).isNotEqualTo(Api.id(task));
    assertThat(daemon.start(Api.id(task)).status()).isEqualTo(409);
  }

  /// The claim was answered more than a minute ago.
  private void forget(JsonNode task) {
    at.db()
        .sql("UPDATE task SET delivered_at = now() - interval '61 seconds' WHERE id = :id")
        .param("id", TodayDaemon.taskOf(task))
        .update();
  }

  @Test
  void anOlderDaemonIsHandedTheTasksOwnIdAndNoToken() {
    api.newIssue(at.id(), agent);

    var task = api.claim(daemon.runtime());

    assertThat(task.has("auth_token")).isFalse();
    assertThat(task.has("task_id")).isFalse();
    assertThat(at.task(Api.id(task)).get("status").asString()).isEqualTo("dispatched");
  }
}
