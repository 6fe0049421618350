package dev.muster.standalone.guarantee;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// At every position of the feed no runtime, and no agent, has more tasks in hand than it takes.
final class Caps implements Guarantee {
  private final Map<UUID, Integer> limits;
  private final Map<UUID, TaskFact> active = new HashMap<>();
  private final Map<UUID, Integer> inHand = new HashMap<>();
  private final List<String> broken = new ArrayList<>();

  /// @param limits of runtimes and agents, by their ids
  Caps(Map<UUID, Integer> limits) {
    this.limits = Map.copyOf(limits);
  }

  @Override
  public void told(TaskFact fact) {
    var before = active.remove(fact.task());
    if (before != null) {
      count(before, -1);
    }
    if (fact.isActive()) {
      active.put(fact.task(), fact);
      count(fact, 1);
    }
  }

  private void count(TaskFact fact, int change) {
    count(fact.holder().agent(), fact, change);
    var runtime = fact.holder().runtime();
    if (runtime != null) {
      count(runtime, fact, change);
    }
  }

  private void count(UUID holder, TaskFact fact, int change) {
    var now = inHand.merge(holder, change, Integer::sum);
    var limit = limits.getOrDefault(holder, Integer.MAX_VALUE);
    if (change > 0 && now > limit) {
      broken.add("%s has %d of %d with task %s".formatted(holder, now, limit, fact.key()));
    }
  }

  @Override
  public List<String> broken() {
    return broken;
  }
}
