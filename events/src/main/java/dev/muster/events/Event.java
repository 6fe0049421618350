package dev.muster.events;

import dev.muster.events.id.WorkspaceId;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// One committed change, at its place in the workspace's history.
///
/// @param position dense per workspace, from 1
/// @param name what happened, as [EventType#wire] has it; a name that this version does not know is
///   carried like any other
/// @param subject the id of what changed: the task's for task events
/// @param seq dense per task, from 1; null for events that are not a task's
/// @param data the facts, a JSON object
public record Event(
    WorkspaceId workspace,
    long position,
    String name,
    UUID subject,
    @Nullable Long seq,
    Instant time,
    String data) {

  public Event(
      WorkspaceId workspace,
      long position,
      EventType type,
      UUID subject,
      @Nullable Long seq,
      Instant time,
      String data) {
    this(workspace, position, type.wire(), subject, seq, time, data);
  }

  /// What happened, of an event that [EventCodec] has read: those it does not know it passes over.
  ///
  /// @throws IllegalStateException if this version does not know the name
  public EventType type() {
    return EventType.of(name)
        .orElseThrow(() -> new IllegalStateException("no event has the name " + name));
  }

  /// Whether it is a task's, known to this version or not.
  public boolean isTask() {
    return seq != null;
  }
}
