package dev.muster.api.issue.field;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// An issue to be made, its values checked.
///
/// @param status one of the seven, `todo` for work to be done now
/// @param priority urgent, high, medium, low or none
/// @param parentIssueId an issue of the same workspace
public record NewIssue(
    String title,
    @Nullable String description,
    String status,
    String priority,
    Assignee assignee,
    @Nullable UUID parentIssueId,
    @Nullable Instant dueDate) {}
