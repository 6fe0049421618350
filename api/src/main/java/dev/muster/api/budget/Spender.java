package dev.muster.api.budget;

import dev.muster.events.id.AgentId;
import dev.muster.events.id.RuntimeId;
import dev.muster.events.id.WorkspaceId;
import org.jspecify.annotations.Nullable;

/// Who used tokens: a task of an agent, or a runtime that does not say for what.
///
/// @param agent null where the runtime itself reports
/// @param runtime null where the task's runtime is gone
public record Spender(
    WorkspaceId workspace, @Nullable AgentId agent, @Nullable RuntimeId runtime) {}
