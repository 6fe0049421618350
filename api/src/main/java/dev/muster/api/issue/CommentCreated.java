package dev.muster.api.issue;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A new comment, and enough of its issue to tell somebody about it.
record CommentCreated(
    CommentView comment,
    String issueTitle,
    @Nullable String issueAssigneeType,
    @Nullable UUID issueAssigneeId,
    String issueStatus) {
  static CommentCreated of(CommentView comment, IssueView issue) {
    return new CommentCreated(
        comment, issue.title(), issue.assigneeType(), issue.assigneeId(), issue.status());
  }
}
