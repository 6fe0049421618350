package dev.muster.api.feed;

import dev.muster.events.Event;
import dev.muster.events.EventType;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// An event of a type that this version knows, and what its data says: read once for all who react
/// to it.
public final class FeedEvent {
  private final Event event;
  private final @Nullable TaskFacts task;
  private final @Nullable JsonNode data;

  private FeedEvent(Event event, @Nullable TaskFacts task, @Nullable JsonNode data) {
    this.event = event;
    this.task = task;
    this.data = data;
  }

  /// Reads the data: an object, with the task's facts if the event is a task's.
  ///
  /// @throws RuntimeException if it is not that
  public static FeedEvent read(Event event, JsonMapper json) {
    if (event.type().isTask()) {
      return new FeedEvent(event, TaskFacts.of(event, json), null);
    }
    // What was written is read: the limits of requests are none of the feed.
    var data = JsonMapper.shared().readTree(event.data());
    if (!data.isObject()) {
      throw new IllegalArgumentException("data is not an object");
    }
    return new FeedEvent(event, null, data);
  }

  public Event event() {
    return event;
  }

  public EventType type() {
    return event.type();
  }

  /// What a task's event says.
  ///
  /// @throws IllegalStateException if it is not a task's
  public TaskFacts task() {
    if (task == null) {
      throw new IllegalStateException(event.name() + " is not a task's");
    }
    return task;
  }

  /// What any other event says.
  ///
  /// @throws IllegalStateException if it is a task's
  public JsonNode data() {
    if (data == null) {
      throw new IllegalStateException(event.name() + " is a task's");
    }
    return data;
  }
}
