package dev.muster.standalone.guarantee;

import dev.muster.events.EventType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// A task is in one pair of hands at a time.
///
/// In the feed: a claim finds the task queued, or not begun by the same runtime, and raises the
/// generation by one, and nothing else raises it. Among the clients: a generation belongs to one
/// runtime, and one worker alone was told to begin.
final class OneLiveClaim implements Guarantee {
  private final Map<String, UUID> runtimes = new HashMap<>();
  private final Map<String, String> begun = new HashMap<>();
  private final Map<UUID, TaskFact> last = new HashMap<>();
  private final List<String> broken = new ArrayList<>();

  @Override
  public void saw(Seen seen) {
    switch (seen.what()) {
      case CLAIMED -> {
        var other = runtimes.putIfAbsent(seen.key(), seen.claim().runtime());
        if (other != null && !other.equals(seen.claim().runtime())) {
          broken.add("task %s was handed to two runtimes".formatted(seen.key()));
        }
      }
      case STARTED -> {
        var other = begun.putIfAbsent(seen.key(), seen.claim().slot());
        if (other != null && !other.equals(seen.claim().slot())) {
          broken.add(
              "task %s was begun by %s and by %s"
                  .formatted(seen.key(), other, seen.claim().slot()));
        }
      }
      case CREATED, COMPLETED, FENCED -> {}
    }
  }

  @Override
  public void told(TaskFact fact) {
    var before = last.put(fact.task(), fact);
    var isClaim = fact.type() == EventType.TASK_DISPATCHED;
    if (isClaim && before != null && !isFree(before, fact)) {
      broken.add("task %s was claimed while it was %s".formatted(fact.key(), before.state()));
    }
    var expected = (before == null ? 0 : before.generation()) + (isClaim ? 1 : 0);
    if (fact.generation() != expected) {
      broken.add(
          "task %s: %s should have generation %d"
              .formatted(fact.key(), fact.type().wire(), expected));
    }
  }

  /// Whether the task could be claimed: nobody had it, or the same runtime had it and had not
  /// begun, so that it is handed out once more.
  private static boolean isFree(TaskFact before, TaskFact claim) {
    return switch (before.state()) {
      case QUEUED -> true;
      case DISPATCHED ->
          java.util.Objects.equals(before.holder().runtime(), claim.holder().runtime());
      case RUNNING, COMPLETED, FAILED, CANCELLED -> false;
    };
  }

  @Override
  public List<String> broken() {
    return broken;
  }
}
