package dev.muster.api.issue;

import dev.muster.api.edge.Input;
import dev.muster.api.edge.Limits;
import dev.muster.api.edge.Refused;
import dev.muster.api.issue.field.Assignee;
import dev.muster.api.issue.field.DueDate;
import dev.muster.api.issue.field.IssueStatus;
import dev.muster.api.issue.view.IssueView;
import dev.muster.tasks.command.Priority;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What a client wants to change of an issue. What is absent stays; the assignee and the due date
/// are taken away by `null`.
record IssuePatch(
    @Nullable String title,
    @Nullable String description,
    @Nullable String status,
    @Nullable String priority,
    @Nullable Double position,
    @Nullable JsonNode assigneeType,
    @Nullable JsonNode assigneeId,
    @Nullable JsonNode dueDate,
    @Nullable JsonNode parentIssueId,
    @Nullable JsonNode projectId,
    @Nullable JsonNode attachmentIds) {

  /// The values after the update.
  record Values(
      String title,
      @Nullable String description,
      IssueStatus status,
      Priority priority,
      double position,
      Assignee assignee,
      @Nullable Instant dueDate) {}

  Values appliedTo(IssueView issue) {
    Unsupported.requireNone("project_id", projectId);
    Unsupported.requireNone("attachment_ids", attachmentIds);
    requireSameParent(issue);
    return new Values(
        title == null ? issue.title() : Input.required("title", title, Limits.NAME),
        description == null
            ? issue.description()
            : Input.optional("description", description, Limits.TEXT),
        status == null ? IssueStatus.of(issue.status()) : IssueStatus.checked(status),
        priority == null
            ? Priority.of(issue.priority())
            : Priority.of(Input.oneOf("priority", priority, Priority.WORDS)),
        position == null ? issue.position() : Input.fraction("position", position),
        assignee(issue.assignee()),
        dueDate == null ? issue.dueDate() : DueDate.parse(text(dueDate)));
  }

  /// A client that sends all it has read sends the parent too.
  private void requireSameParent(IssueView issue) {
    var before = issue.parentIssueId();
    if (parentIssueId != null
        && !Objects.equals(text(parentIssueId), before == null ? null : before.toString())) {
      throw Refused.invalid("parent_issue_id", "cannot be changed");
    }
  }

  /// Either half being `null` takes the assignee away, unless the other half says otherwise.
  private Assignee assignee(Assignee before) {
    if (assigneeType == null && assigneeId == null) {
      return before;
    }
    var type = assigneeType == null ? before.type() : text(assigneeType);
    var beforeId = before.id() == null ? null : before.id().toString();
    var id = assigneeId == null ? beforeId : text(assigneeId);
    var half = assigneeType == null || assigneeId == null;
    if (half && (isNull(assigneeType) || isNull(assigneeId))) {
      return Assignee.NOBODY;
    }
    return Assignee.of(type, id);
  }

  /// Whether the request names somebody: giving an issue to nobody stops no work.
  boolean namesAssignee() {
    return (assigneeType != null && !assigneeType.isNull())
        || (assigneeId != null && !assigneeId.isNull());
  }

  private static boolean isNull(@Nullable JsonNode value) {
    return value != null && value.isNull();
  }

  private static @Nullable String text(JsonNode value) {
    if (value.isNull()) {
      return null;
    }
    if (!value.isString()) {
      throw Refused.badRequest("invalid request body");
    }
    return value.asString();
  }
}
