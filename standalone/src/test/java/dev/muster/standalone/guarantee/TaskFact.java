package dev.muster.standalone.guarantee;

import dev.muster.events.Event;
import dev.muster.events.EventType;
import dev.muster.events.task.TaskState;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What one event of the feed says of a task.
///
/// @param holder who has it, or may claim it
public record TaskFact(
    EventType type, UUID task, long seq, TaskState state, long generation, Holder holder) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /// Whose the task is.
  public record Holder(UUID agent, @Nullable UUID runtime) {}

  /// Reads a `task.*` event.
  public static TaskFact of(Event event) {
    var facts = JSON.readTree(event.data());
    return new TaskFact(
        event.type(),
        event.subject(),
        Objects.requireNonNullElse(event.seq(), 0L),
        TaskState.of(facts.get("status").asString()),
        facts.get("claim_generation").asLong(),
        new Holder(UUID.fromString(facts.get("agent_id").asString()), runtime(facts)));
  }

  private static @Nullable UUID runtime(JsonNode facts) {
    var runtime = facts.get("runtime_id");
    return runtime == null || runtime.isNull() ? null : UUID.fromString(runtime.asString());
  }

  boolean isActive() {
    return type != EventType.TASK_DELETED
        && (state == TaskState.DISPATCHED || state == TaskState.RUNNING);
  }

  String key() {
    return task + " generation " + generation;
  }
}
