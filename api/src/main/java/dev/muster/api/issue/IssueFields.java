package dev.muster.api.issue;

import dev.muster.api.edge.Input;
import dev.muster.api.edge.Limits;
import dev.muster.api.edge.Refused;
import dev.muster.api.issue.field.Assignee;
import dev.muster.api.issue.field.DueDate;
import dev.muster.api.issue.field.IssueStatus;
import dev.muster.api.issue.field.NewIssue;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What a client says about a new issue.
record IssueFields(
    @Nullable String title,
    @Nullable String description,
    @Nullable String status,
    @Nullable String priority,
    @Nullable String assigneeType,
    @Nullable String assigneeId,
    @Nullable String parentIssueId,
    @Nullable String dueDate,
    @Nullable JsonNode projectId,
    @Nullable JsonNode attachmentIds) {
  NewIssue checked() {
    Unsupported.requireNone("project_id", projectId);
    Unsupported.requireNone("attachment_ids", attachmentIds);
    return new NewIssue(
        Input.required("title", title, Limits.NAME),
        Input.optional("description", description, Limits.TEXT),
        status == null || status.isEmpty() ? IssueStatus.BACKLOG : IssueStatus.checked(status),
        Input.priority(priority),
        Assignee.of(absentIfEmpty(assigneeType), absentIfEmpty(assigneeId)),
        parentIssueId == null || parentIssueId.isEmpty()
            ? null
            : Input.lenientId(parentIssueId)
                .orElseThrow(() -> Refused.invalid("parent_issue_id", "is not a UUID")),
        DueDate.parse(dueDate));
  }

  private static @Nullable String absentIfEmpty(@Nullable String text) {
    return text == null || text.isEmpty() ? null : text;
  }
}
