package dev.muster.api.message;

import com.fasterxml.jackson.annotation.JsonRawValue;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A message of a running task as clients see it.
public record TaskMessage(
    UUID taskId,
    UUID issueId,
    long claimGeneration,
    int seq,
    String type,
    String tool,
    String content,
    @JsonRawValue @Nullable String input,
    String output,
    Instant createdAt) {}
