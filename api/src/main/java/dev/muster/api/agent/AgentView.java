package dev.muster.api.agent;

import com.fasterxml.jackson.annotation.JsonRawValue;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// An agent, as clients see it.
///
/// @param runtimeId the runtime it names; null if it names what it needs
/// @param provider the provider it needs; null for any
/// @param labels the labels that a runtime must have, a JSON object
/// @param status derived: whether it works, what a person set, whether a runtime for it is online
/// @param intake `open`; `paused`: nothing new is begun; `draining`: nothing new is taken
/// @param ratePerMinute how many tasks it is given a minute; null for as many as there are
/// @param timeoutSeconds how long its runs may take whose tasks do not say; null for what is usual
/// @param idleTimeoutSeconds how long of that without a sign of it; null for what is usual
/// @param skills a JSON array, with contents only where one agent is asked for
public record AgentView(
    UUID id,
    UUID workspaceId,
    @Nullable UUID runtimeId,
    @Nullable String provider,
    @JsonRawValue String labels,
    String name,
    String description,
    String instructions,
    @Nullable String avatarUrl,
    String runtimeMode,
    @JsonRawValue String runtimeConfig,
    String visibility,
    String status,
    int maxConcurrentTasks,
    @Nullable UUID ownerId,
    @JsonRawValue String skills,
    @JsonRawValue String tools,
    @JsonRawValue String triggers,
    Instant createdAt,
    Instant updatedAt,
    String intake,
    @Nullable Integer ratePerMinute,
    @Nullable Integer timeoutSeconds,
    @Nullable Integer idleTimeoutSeconds) {}
