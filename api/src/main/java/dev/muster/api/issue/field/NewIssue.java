package dev.muster.api.issue.field;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// An issue to be made, its values checked.
///
/// @param priority urgent, high, medium, low or none
/// @param parentIssueId an issue of the same workspace
public record NewIssue(
    String title,
    @Nullable String description,
    IssueStatus status,
    String priority,
    Assignee assignee,
    @Nullable UUID parentIssueId,
    @Nullable Instant dueDate) {}
