package dev.muster.api.runtime;

import com.fasterxml.jackson.annotation.JsonRawValue;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A runtime as clients see it: Multica's members, and after them our own.
///
/// @param metadata a JSON object
/// @param activeTasks how many tasks it has claimed that are not over
/// @param intake `open`, `paused` or `draining`
/// @param deaf whether it sends heartbeats and does not claim what waits for it
/// @param labels a JSON object of texts: what selectors are matched against
record RuntimeView(
    UUID id,
    UUID workspaceId,
    @Nullable String daemonId,
    String name,
    String runtimeMode,
    String provider,
    String status,
    String deviceInfo,
    @JsonRawValue String metadata,
    @Nullable Instant lastSeenAt,
    Instant createdAt,
    Instant updatedAt,
    @JsonRawValue String labels,
    int maxConcurrentTasks,
    int activeTasks,
    String intake,
    boolean deaf,
    @Nullable Instant lastClaimAt,
    @Nullable String processId) {}
