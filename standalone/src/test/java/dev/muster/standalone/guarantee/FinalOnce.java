package dev.muster.standalone.guarantee;

import dev.muster.events.EventType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// A task ends once, and nothing happens to it afterwards but that it is deleted, the last thing.
final class FinalOnce implements Guarantee {
  private final Map<UUID, String> ends = new HashMap<>();
  private final List<String> broken = new ArrayList<>();

  @Override
  public void told(TaskFact fact) {
    var end = ends.get(fact.task());
    if (fact.type() == EventType.TASK_DELETED) {
      ends.put(fact.task(), fact.type().wire());
    } else if (end != null) {
      broken.add(
          "task %s had ended with %s, then came %s"
              .formatted(fact.task(), end, fact.type().wire()));
    } else if (fact.state().isFinal()) {
      ends.put(fact.task(), fact.type().wire());
    }
  }

  @Override
  public List<String> broken() {
    return broken;
  }
}
