package dev.muster.api.feed;

import dev.muster.events.Event;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// What reactions need to know of a task event's data.
///
/// @param runtimeId the runtime that has the task or may claim it; null if none is chosen
/// @param concurrencyKey of all tasks with this key, one runs at a time
/// @param pinned whether the agent names its runtime
public record TaskFacts(
    @Nullable UUID agentId,
    @Nullable UUID issueId,
    @Nullable UUID runtimeId,
    boolean pinned,
    @Nullable String status,
    @Nullable String concurrencyKey) {
  /// The facts of an event whose type is a task's.
  ///
  /// @throws tools.jackson.core.JacksonException if its data is not what task events carry
  static TaskFacts of(Event event, JsonMapper json) {
    return json.readValue(event.data(), TaskFacts.class);
  }
}
