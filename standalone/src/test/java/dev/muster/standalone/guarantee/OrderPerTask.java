package dev.muster.standalone.guarantee;

import dev.muster.events.EventType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// A task's events are numbered densely from 1, begin with `task.queued` and go a way that the
/// state machine allows.
final class OrderPerTask implements Guarantee {
  private final Map<UUID, TaskFact> last = new HashMap<>();
  private final List<String> broken = new ArrayList<>();

  @Override
  public void told(TaskFact fact) {
    var before = last.put(fact.task(), fact);
    var expected = before == null ? 1 : before.seq() + 1;
    if (fact.seq() != expected) {
      broken.add("task %s: seq %d came for %d".formatted(fact.task(), fact.seq(), expected));
    }
    if (before == null) {
      if (fact.type() != EventType.TASK_QUEUED) {
        broken.add("task %s begins with %s".formatted(fact.task(), fact.type().wire()));
      }
    } else if (fact.type() != EventType.TASK_DELETED && !before.state().canBecome(fact.state())) {
      broken.add("task %s went from %s to %s".formatted(fact.task(), before.state(), fact.state()));
    }
  }

  @Override
  public List<String> broken() {
    return broken;
  }
}
