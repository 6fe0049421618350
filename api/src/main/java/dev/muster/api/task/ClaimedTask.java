package dev.muster.api.task;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A task as its claim hands it out, with everything a daemon needs to run it.
///
/// @param agent name, instructions, skills and their files, a JSON object
/// @param priorSessionId the session of the agent's last completed run on the issue, if it was on
///   this runtime
/// @param claimGeneration what later writes may carry in `Claim-Generation`
record ClaimedTask(
    UUID id,
    UUID agentId,
    UUID runtimeId,
    UUID issueId,
    String status,
    int priority,
    @Nullable Instant dispatchedAt,
    @Nullable Instant startedAt,
    @Nullable Instant completedAt,
    @JsonRawValue @Nullable String result,
    @Nullable String error,
    @JsonRawValue String agent,
    Instant createdAt,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @Nullable String priorSessionId,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @Nullable String priorWorkDir,
    UUID workspaceId,
    int attempt,
    int maxAttempts,
    long claimGeneration) {}
