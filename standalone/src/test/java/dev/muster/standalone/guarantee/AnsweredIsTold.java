package dev.muster.standalone.guarantee;

import dev.muster.events.EventType;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What was answered with success has happened, and the feed tells it: it was durable before it was
/// answered.
final class AnsweredIsTold implements Guarantee {
  private final Map<String, Seen> answered = new HashMap<>();
  private final Set<String> told = new HashSet<>();

  @Override
  public void saw(Seen seen) {
    switch (seen.what()) {
      case CREATED -> answered.put(key(EventType.TASK_QUEUED, seen.key()), seen);
      case CLAIMED -> answered.put(key(EventType.TASK_DISPATCHED, seen.key()), seen);
      case STARTED -> answered.put(key(EventType.TASK_RUNNING, seen.key()), seen);
      case COMPLETED -> answered.put(key(EventType.TASK_COMPLETED, seen.key()), seen);
      case FENCED -> {}
    }
  }

  @Override
  public void told(TaskFact fact) {
    told.add(key(fact.type(), fact.key()));
  }

  private static String key(EventType type, String claim) {
    return type + " " + claim;
  }

  @Override
  public List<String> broken() {
    return answered.entrySet().stream()
        .filter(answer -> !told.contains(answer.getKey()))
        .map(answer -> "answered and not in the feed: " + answer.getValue())
        .toList();
  }
}
