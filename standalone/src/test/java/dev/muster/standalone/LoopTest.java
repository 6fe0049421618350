package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.Test;

/// What agents write sets none of them to work in circles.
class LoopTest {
  private final TestWorkspace at = TestWorkspace.make();
  private final Api api = at.api();

  private void comment(Api by, UUID issue) {
    by.post("/api/issues/" + issue + "/comments", "{\"content\":\"c\"}").ok();
  }

  private int waiting() {
    return api.get("/api/tasks?workspace_id=%s&status=queued".formatted(at.id()))
        .ok()
        .get("tasks")
        .size();
  }

  @Test
  void anAgentsCommentSetsNobodyToWork() {
    var daemon = TodayDaemon.start(api, at.id(), "loop-" + at.id());
    var agent = at.newAgent(daemon.runtime(), "");
    var other = at.newAgent(daemon.runtime(), "");
    var issue = api.newIssue(at.id(), agent);
    var task = daemon.claimAndStart();
    var done =
        Api.id(
            api.post(
                    "/api/issues?workspace_id=" + at.id(),
                    "{\"title\":\"O\",\"assignee_type\":\"agent\",\"assignee_id\":\"%s\"}"
                        .formatted(other))
                .ok());

    comment(daemon.agent(task), issue);
    comment(daemon.agent(task), done);

    assertThat(waiting()).isZero();
  }

  @Test
  void anAgentDoesNotGiveItsIssueToItself() {
    var daemon = TodayDaemon.start(api, at.id(), "loop-" + at.id());
    var agent = at.newAgent(daemon.runtime(), "");
    var issue = api.newIssue(at.id(), agent);
    var own = daemon.agent(daemon.claimAndStart());

    own.put("/api/issues/" + issue, "{\"assignee_type\":null,\"assignee_id\":null}").ok();
    own.put(
            "/api/issues/" + issue,
            "{\"assignee_type\":\"agent\",\"assignee_id\":\"%s\"}".formatted(agent))
        .ok();

    assertThat(waiting()).isZero();
  }

  @Test
  void aCommentWithTheTokenOfAnOlderDaemonCountsAsItsAgents() {
    var runtime = api.newRuntime(at.id(), "loop-old-" + at.id(), "claude", 1);
    var agent = at.newAgent(runtime, "");
    var issue = api.newIssue(at.id(), agent);
    var task = Api.id(api.claim(runtime));
    api.start(task).ok();
    comment(api, issue);
    assertThat(waiting()).isZero();
    api.complete(task, "done").ok();

    comment(api, issue);
    assertThat(waiting()).isZero();

    comment(api.person(), issue);
    assertThat(waiting()).isEqualTo(1);
  }

  @Test
  void aCommentLongAfterTheRunIsAPersons() {
    var runtime = api.newRuntime(at.id(), "loop-late-" + at.id(), "claude", 1);
    var agent = at.newAgent(runtime, "");
    var issue = api.newIssue(at.id(), agent);
    var task = Api.id(api.claim(runtime));
    api.start(task).ok();
    api.complete(task, "done").ok();
    at.db()
        .sql(
            "UPDATE task SET completed_at = completed_at - interval '3 minutes', queued_at ="
                + " queued_at - interval '3 minutes' WHERE id = :id")
        .param("id", task)
        .update();

    comment(api, issue);

    assertThat(waiting()).isEqualTo(1);
  }

  @Test
  void whateverGoesRoundInCirclesEndsInAReasonPeopleCanRead() {
    var daemon = TodayDaemon.start(api, at.id(), "loop-" + at.id());
    var agent = at.newAgent(daemon.runtime(), "");
    var issue = api.newIssue(at.id(), agent);
    for (var run = 0; run < 30; run++) {
      comment(api, issue);
      var task = daemon.claimAndStart();
      daemon.complete(Api.id(task), "").ok();
    }

    comment(api, issue);
    comment(api, issue);

    assertThat(daemon.claim(1)).isEmpty();
    var said = api.get("/api/issues/" + issue + "/comments").ok();
    var notes = 0;
    for (var comment : said) {
      if (comment.get("type").asString().equals("system")) {
        notes++;
        assertThat(comment.get("content").asString()).contains("30 times within an hour");
      }
    }
    assertThat(notes).isEqualTo(1);
  }

  @Test
  void askingForAnotherRunAgainAndAgainComesToAnEnd() {
    var daemon = TodayDaemon.start(api, at.id(), "loop-" + at.id());
    var issue = api.newIssue(at.id(), at.newAgent(daemon.runtime(), ""));
    for (var run = 0; run < 30; run++) {
      daemon.complete(Api.id(daemon.claimAndStart()), "").ok();
      if (run < 29) {
        api.post("/api/issues/" + issue + "/rerun", "{}").ok();
      }
    }

    var refused = api.post("/api/issues/" + issue + "/rerun", "{}");

    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.json().get("error").asString()).contains("too often");
    assertThat(waiting()).isZero();
    assertThat(api.get("/api/issues/" + issue + "/comments").text())
        .contains("30 times within an hour");
  }

  @Test
  void aTaskThatIsGivenBackForEverFailsOnceAndForAll() {
    var daemon = TodayDaemon.start(api, at.id(), "loop-" + at.id());
    var agent = at.newAgent(daemon.runtime(), "");
    api.newIssue(at.id(), agent);
    var first = daemon.claimAndStart();
    at.db()
        .sql("UPDATE task SET claim_generation = 100 WHERE id = :id")
        .param("id", TodayDaemon.taskOf(first))
        .update();

    api.post("/api/daemon/tasks/%s/release".formatted(TodayDaemon.taskOf(first)), "{}").ok();

    var row = at.task(TodayDaemon.taskOf(first));
    assertThat(row.get("status").asString()).isEqualTo("failed");
    assertThat(row.get("failure_reason").asString()).isEqualTo("claimed_too_often");
    assertThat(row.get("error").asString()).contains("100 times");
  }
}
