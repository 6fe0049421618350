package dev.muster.api.issue.view;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A comment, as clients see it.
public record CommentView(
    UUID id,
    UUID issueId,
    String authorType,
    UUID authorId,
    String content,
    String type,
    @Nullable UUID parentId,
    Instant createdAt,
    Instant updatedAt) {}
