package dev.muster.api.issue.view;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A new comment, and enough of its issue to tell somebody about it.
public record CommentCreated(
    CommentView comment,
    String issueTitle,
    @Nullable String issueAssigneeType,
    @Nullable UUID issueAssigneeId,
    String issueStatus) {
  public static CommentCreated of(CommentView comment, IssueView issue) {
    return new CommentCreated(
        comment, issue.title(), issue.assigneeType(), issue.assigneeId(), issue.status());
  }
}
