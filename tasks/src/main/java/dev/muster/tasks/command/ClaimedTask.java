package dev.muster.tasks.command;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import dev.muster.events.id.AttemptId;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A task as its claim is answered, with everything a daemon needs to run it.
///
/// @param agent name, instructions, skills and their files, a JSON object
/// @param priorSessionId the session to go on with, if this runtime has one: of the task's own last
///   attempt, or else of the agent's last completed run on the issue
/// @param claimGeneration what later writes may carry in `Claim-Generation`
/// @param title of the issue
/// @param prompt the issue's description
/// @param commentIds the comments that came while the task waited, a JSON array
/// @param timeoutSeconds how long it may run; null for what is usual
/// @param traceparent what the spans of the run go on from; null where its making was not traced
public record ClaimedTask(
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
    long claimGeneration,
    String title,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @Nullable String prompt,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonRawValue @Nullable String commentIds,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Integer timeoutSeconds,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String traceparent) {
  /// The same under the id of its claim, to go on with that session.
  ///
  /// @param describedAgent as `agent`
  public ClaimedTask as(
      AttemptId attempt,
      @Nullable String session,
      @Nullable String sessionWorkDir,
      String describedAgent) {
    return with(attempt.value(), describedAgent, session, sessionWorkDir, traceparent);
  }

  /// The same, whose run goes on from that span.
  public ClaimedTask tracedBy(String span) {
    return with(id, agent, priorSessionId, priorWorkDir, span);
  }

  private ClaimedTask with(
      UUID newId,
      String newAgent,
      @Nullable String session,
      @Nullable String sessionWorkDir,
      @Nullable String span) {
    return new ClaimedTask(
        newId,
        agentId,
        runtimeId,
        issueId,
        status,
        priority,
        dispatchedAt,
        startedAt,
        completedAt,
        result,
        error,
        newAgent,
        createdAt,
        session,
        sessionWorkDir,
        workspaceId,
        attempt,
        maxAttempts,
        claimGeneration,
        title,
        prompt,
        commentIds,
        timeoutSeconds,
        span);
  }
}
