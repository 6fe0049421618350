package dev.muster.api.attempt;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.muster.tasks.command.ClaimedTask;
import java.util.UUID;

/// A claimed task as a daemon is handed it that wants a token for each claim.
///
/// @param claimed its `id` is that of the claim
/// @param taskId the task's own
/// @param authToken what its agent signs in with
public record HandedTask(
    @JsonUnwrapped ClaimedTask claimed,
    UUID taskId,
    String authToken,
    @JsonUnwrapped AskedComments comments) {}
