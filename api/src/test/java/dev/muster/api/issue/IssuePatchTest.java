package dev.muster.api.issue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.api.issue.field.Assignee;
import dev.muster.api.issue.field.IssueStatus;
import dev.muster.api.issue.view.IssueUpdated;
import dev.muster.api.issue.view.IssueView;
import dev.muster.tasks.command.Priority;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

class IssuePatchTest {
  private static final UUID AGENT = new UUID(1, 1);
  private static final UUID OTHER = new UUID(1, 2);
  private static final Instant DUE = Instant.parse("2026-05-01T10:00:00Z");
  private static final JsonNode NULL = JsonNodeFactory.instance.nullNode();
  private static final IssueView ISSUE =
      new IssueView(
          new UUID(2, 1),
          new UUID(3, 1),
          1,
          "MUS-1",
          "Title",
          "Text",
          "todo",
          "high",
          "agent",
          AGENT,
          "member",
          new UUID(4, 1),
          null,
          1.5,
          DUE,
          DUE,
          DUE);

  private static IssuePatch patch(
      @Nullable JsonNode type, @Nullable JsonNode id, @Nullable JsonNode due) {
    return new IssuePatch(null, null, null, null, null, type, id, due, null, null, null);
  }

  private static JsonNode text(Object value) {
    return JsonNodeFactory.instance.stringNode(value.toString());
  }

  @Test
  void whatIsAbsentStays() {
    var values = patch(null, null, null).appliedTo(ISSUE);

    assertThat(values)
        .isEqualTo(
            new IssuePatch.Values(
                "Title",
                "Text",
                IssueStatus.TODO,
                Priority.HIGH,
                1.5,
                new Assignee("agent", AGENT),
                DUE));
  }

  @Test
  void nullTakesTheAssigneeAndTheDueDateAway() {
    var values = patch(NULL, NULL, NULL).appliedTo(ISSUE);

    assertThat(values.assignee()).isEqualTo(Assignee.NOBODY);
    assertThat(values.dueDate()).isNull();
  }

  @Test
  void halfOfANullTakesTheAssigneeAway() {
    assertThat(patch(NULL, null, null).appliedTo(ISSUE).assignee()).isEqualTo(Assignee.NOBODY);
    assertThat(patch(null, NULL, null).appliedTo(ISSUE).assignee()).isEqualTo(Assignee.NOBODY);
  }

  @Test
  void halfOfAnAssigneeKeepsTheOtherHalf() {
    assertThat(patch(null, text(OTHER), null).appliedTo(ISSUE).assignee())
        .isEqualTo(new Assignee("agent", OTHER));
  }

  @Test
  void anAssigneeWithoutATypeOrAnIdIsRefused() {
    assertThatThrownBy(() -> patch(NULL, text(OTHER), null).appliedTo(ISSUE))
        .hasMessage("assignee_type is required with assignee_id");
    assertThatThrownBy(() -> patch(text("agent"), NULL, null).appliedTo(ISSUE))
        .hasMessage("assignee_id is required with assignee_type");
    assertThatThrownBy(() -> patch(text("robot"), text(OTHER), null).appliedTo(ISSUE))
        .hasMessage("assignee_type must be one of member, agent");
  }

  @Test
  void onlyNamingSomebodyCanStopWork() {
    assertThat(patch(text("agent"), text(OTHER), null).namesAssignee()).isTrue();
    assertThat(patch(NULL, NULL, null).namesAssignee()).isFalse();
    assertThat(patch(null, null, NULL).namesAssignee()).isFalse();
  }

  @Test
  void anUpdateSaysWhatReallyChanged() {
    var updated = IssueUpdated.of(ISSUE, ISSUE);

    assertThat(updated.descriptionChanged()).isFalse();
    assertThat(updated.assigneeChanged()).isFalse();
    assertThat(updated.prevDescription()).isEqualTo("Text");
  }
}
