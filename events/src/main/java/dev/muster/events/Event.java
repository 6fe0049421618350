package dev.muster.events;

import dev.muster.events.id.WorkspaceId;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// One committed change, at its place in the workspace's history.
///
/// @param position dense per workspace, from 1
/// @param subject the id of what changed: the task's for task events
/// @param seq dense per task, from 1; null for events that are not a task's
/// @param data the facts, a JSON object
public record Event(
    WorkspaceId workspace,
    long position,
    EventType type,
    UUID subject,
    @Nullable Long seq,
    Instant time,
    String data) {}
