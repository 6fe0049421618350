package dev.muster.api.issue.view;

import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What an update did to an issue: the issue after it, what changed, and how that was before.
public record IssueUpdated(
    IssueView issue,
    boolean assigneeChanged,
    boolean statusChanged,
    boolean priorityChanged,
    boolean dueDateChanged,
    boolean descriptionChanged,
    boolean titleChanged,
    String prevTitle,
    @Nullable String prevAssigneeType,
    @Nullable UUID prevAssigneeId,
    String prevStatus,
    String prevPriority,
    @Nullable Instant prevDueDate,
    @Nullable String prevDescription,
    String creatorType,
    UUID creatorId) {

  public static IssueUpdated of(IssueView before, IssueView after) {
    return new IssueUpdated(
        after,
        !before.assignee().equals(after.assignee()),
        !before.status().equals(after.status()),
        !before.priority().equals(after.priority()),
        !Objects.equals(before.dueDate(), after.dueDate()),
        !Objects.equals(before.description(), after.description()),
        !before.title().equals(after.title()),
        before.title(),
        before.assigneeType(),
        before.assigneeId(),
        before.status(),
        before.priority(),
        before.dueDate(),
        before.description(),
        after.creatorType(),
        after.creatorId());
  }
}
