package dev.muster.standalone.guarantee;

import dev.muster.events.task.TaskState;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// Each task that was made, whether its maker was told so or not, has come to an end.
final class NothingLost implements Guarantee {
  private final Map<UUID, String> last = new HashMap<>();

  @Override
  public void saw(Seen seen) {
    if (seen.what() == Seen.What.CREATED) {
      last.putIfAbsent(seen.task(), "not in the feed");
    }
  }

  @Override
  public void told(TaskFact fact) {
    last.put(fact.task(), fact.state().wire());
  }

  @Override
  public List<String> broken() {
    return last.entrySet().stream()
        .filter(task -> isOpen(task.getValue()))
        .map(task -> "task %s has no end: %s".formatted(task.getKey(), task.getValue()))
        .toList();
  }

  private static boolean isOpen(String state) {
    return state.equals("not in the feed") || !TaskState.of(state).isFinal();
  }
}
