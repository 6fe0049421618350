package dev.muster.api.issue.field;

import dev.muster.tasks.command.Priority;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// An issue to be made, its values checked.
///
/// @param parentIssueId an issue of the same workspace
public record NewIssue(
    String title,
    @Nullable String description,
    IssueStatus status,
    Priority priority,
    Assignee assignee,
    @Nullable UUID parentIssueId,
    @Nullable Instant dueDate) {}
