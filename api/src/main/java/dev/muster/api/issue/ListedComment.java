package dev.muster.api.issue;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A comment with what a reader of threads wants to know beside it.
///
/// @param replyCount how many follow in the thread that it begins; null if it begins none
/// @param contentTruncated whether its text is only the beginning; null where whole texts are asked
///   for
@JsonInclude(JsonInclude.Include.NON_NULL)
record ListedComment(
    @JsonUnwrapped @JsonInclude(JsonInclude.Include.ALWAYS) CommentView comment,
    @Nullable Integer replyCount,
    @Nullable Instant lastActivityAt,
    @Nullable Boolean contentTruncated) {}
