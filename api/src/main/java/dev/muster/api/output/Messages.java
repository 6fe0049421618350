package dev.muster.api.output;

import dev.muster.events.id.TaskId;
import dev.muster.events.id.WorkspaceId;

/// That a task has said something at length, which stands in Postgres by now.
public record Messages(WorkspaceId workspace, TaskId task) implements Output {}
