package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// Where an agent may answer that a comment has set to work, and where its result stands.
class ReplyRuleTest {
  private final TestWorkspace at = TestWorkspace.make();
  private final Api api = at.api();
  private TodayDaemon daemon = new TodayDaemon(api, at.id(), "", at.id());
  private UUID issue = at.id();

  @BeforeEach
  void anIssueOfAnAgentThatIsThroughWithIt() {
    daemon = TodayDaemon.start(api, at.id(), "reply-" + at.id());
    issue = api.newIssue(at.id(), at.newAgent(daemon.runtime(), ""));
    daemon.complete(Api.id(daemon.claimAndStart()), "").ok();
  }

  @AfterEach
  void theFeedHoldsItsGuarantees() {
    at.muster().feed().complete(at.muster(), at.id());
  }

  private static Api.Answer comment(Api by, UUID issue, String more) {
    return by.post("/api/issues/" + issue + "/comments", "{\"content\":\"c\"%s}".formatted(more));
  }

  private static String under(UUID parent) {
    return ",\"parent_id\":\"%s\"".formatted(parent);
  }

  private UUID asked() {
    return Api.id(comment(api, issue, "").ok());
  }

  @Test
  void anAnswerStandsUnderWhatWasAsked() {
    var first = asked();
    var second = asked();
    var foreign = Api.id(comment(api, issue, under(first)).ok());
    var own = daemon.agent(daemon.claimAndStart());

    var alone = comment(own, issue, "");
    assertThat(alone.status()).isEqualTo(409);
    assertThat(alone.json().get("error").asString())
        .isEqualTo(
            "comment-triggered tasks cannot create top-level comments; set parent_id (--parent) to "
                + first);
    assertThat(alone.json().get("field").asString()).isEqualTo("parent_id");
    assertThat(TestWorkspace.texts(alone.json().get("parent_ids")))
        .containsExactly(first.toString(), second.toString(), foreign.toString());
    assertThat(comment(own, issue, under(first)).status()).isEqualTo(201);
    assertThat(comment(own, issue, under(second)).status()).isEqualTo(201);
  }

  @Test
  void anAnswerDoesNotStandUnderAnythingElse() {
    var before = Api.id(comment(api.person(), issue, ",\"type\":\"progress_update\"").ok());
    daemon.complete(Api.id(daemon.claimAndStart()), "").ok();
    var asked = asked();
    var own = daemon.agent(daemon.claimAndStart());

    var elsewhere = comment(own, issue, under(before));

    assertThat(elsewhere.status()).isEqualTo(409);
    assertThat(elsewhere.json().get("error").asString())
        .startsWith("parent_id %s is not a comment this task may reply under".formatted(before))
        .contains(asked.toString());
  }

  @Test
  void onOtherIssuesAndInOtherRunsThereIsNoRule() {
    asked();
    var other =
        Api.id(api.post("/api/issues?workspace_id=" + at.id(), "{\"title\":\"Other\"}").ok());
    var asking = daemon.claimAndStart();
    assertThat(comment(daemon.agent(asking), other, "").status()).isEqualTo(201);
    daemon.complete(Api.id(asking), "").ok();

    api.post("/api/issues/" + issue + "/rerun", "{}").ok();
    assertThat(comment(daemon.agent(daemon.claimAndStart()), issue, "").status()).isEqualTo(201);
  }

  @Test
  void aQuestionThatIsGoneBindsNobody() {
    var asked = asked();
    var own = daemon.agent(daemon.claimAndStart());

    api.delete("/api/comments/" + asked).ok();

    assertThat(comment(own, issue, "").status()).isEqualTo(201);
  }

  @Test
  void anAgentWritesCommentsAndProgressOnly() {
    var asked = asked();
    var own = daemon.agent(daemon.claimAndStart());

    var refused = comment(own, issue, under(asked) + ",\"type\":\"system\"");

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.json().get("error").asString()).isEqualTo("invalid comment type");
    assertThat(comment(own, issue, under(asked) + ",\"type\":\"progress_update\"").status())
        .isEqualTo(201);
  }

  @Test
  void theResultOfARunStandsUnderTheCommentThatAskedForIt() {
    var asked = asked();

    daemon.complete(Api.id(daemon.claimAndStart()), "It is so").ok();

    assertThat(last().get("content").asString()).isEqualTo("It is so");
    assertThat(last().get("parent_id").asString()).isEqualTo(asked.toString());
  }

  @Test
  void aResultWhoseQuestionIsGoneStandsAlone() {
    var asked = asked();
    var task = daemon.claimAndStart();
    api.delete("/api/comments/" + asked).ok();

    daemon.complete(Api.id(task), "It is so").ok();

    assertThat(last().get("content").asString()).isEqualTo("It is so");
    assertThat(isAlone(last())).isTrue();
  }

  @Test
  void anOlderDaemonsResultStandsAlone() {
    asked();
    var task = Api.id(api.claim(daemon.runtime()));
    api.start(task).ok();

    api.complete(task, "It is so").ok();

    assertThat(isAlone(last())).isTrue();
  }

  private static boolean isAlone(JsonNode comment) {
    var parent = comment.path("parent_id");
    return parent.isNull() || parent.isMissingNode();
  }

  private JsonNode last() {
    var comments = api.get("/api/issues/" + issue + "/comments").ok();
    return comments.get(comments.size() - 1);
  }
}
