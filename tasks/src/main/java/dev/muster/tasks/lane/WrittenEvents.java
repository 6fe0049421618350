package dev.muster.tasks.lane;

import dev.muster.events.EventType;
import dev.muster.events.feed.Outbox;
import dev.muster.events.storage.StoredBytes;
import dev.muster.tasks.decide.Changes.TaskEvent;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// What follows from the events of a batch that is committed.
final class WrittenEvents {
  /// Events that tell all of a row that is new, or has got its result: that much is written twice.
  private static final Set<EventType> TELL_OF_A_ROW =
      EnumSet.of(
          EventType.ISSUE_CREATED,
          EventType.COMMENT_CREATED,
          EventType.TASK_COMPLETED,
          EventType.TASK_FAILED);

  private WrittenEvents() {}

  /// Counts what was written, and wakes the relay.
  static void tell(List<TaskEvent> events, Outbox outbox) {
    for (var event : events) {
      var bytes = StoredBytes.of(event.data());
      outbox.count(event.workspace(), TELL_OF_A_ROW.contains(event.type()) ? 2 * bytes : bytes);
    }
    outbox.wake();
  }
}
