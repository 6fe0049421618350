package dev.muster.api.issue.view;

import dev.muster.api.issue.field.Assignee;
import dev.muster.events.id.IssueId;
import dev.muster.events.id.WorkspaceId;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// An issue, as clients see it.
///
/// @param identifier the workspace's prefix and the number: `MUS-12`
public record IssueView(
    UUID id,
    UUID workspaceId,
    int number,
    String identifier,
    String title,
    @Nullable String description,
    String status,
    String priority,
    @Nullable String assigneeType,
    @Nullable UUID assigneeId,
    String creatorType,
    UUID creatorId,
    @Nullable UUID parentIssueId,
    double position,
    @Nullable Instant dueDate,
    Instant createdAt,
    Instant updatedAt) {

  public IssueId issueId() {
    return new IssueId(id);
  }

  public WorkspaceId workspace() {
    return new WorkspaceId(workspaceId);
  }

  public Assignee assignee() {
    return new Assignee(assigneeType, assigneeId);
  }
}
