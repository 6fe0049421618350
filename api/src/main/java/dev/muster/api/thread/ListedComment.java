package dev.muster.api.thread;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A comment with what a reader of threads wants to know beside it.
///
/// @param replyCount how many follow in the thread that it begins; null if it begins none
/// @param contentTruncated whether its text is only the beginning; null where whole texts are asked
///   for
public record ListedComment(
    UUID id,
    UUID issueId,
    String authorType,
    UUID authorId,
    String content,
    String type,
    @Nullable UUID parentId,
    Instant createdAt,
    Instant updatedAt,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Integer replyCount,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Instant lastActivityAt,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Boolean contentTruncated) {}
