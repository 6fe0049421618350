package dev.muster.standalone.guarantee;

import dev.muster.events.EventType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/// Who has lost a task changes nothing more about it, and is told so.
///
/// A report that was taken belongs to the claim under which the task ended. A claim that was said
/// to be over has not ended the task. No event goes back to an older generation.
final class NoOldWrite implements Guarantee {
  private final List<Seen> completed = new ArrayList<>();
  private final Set<String> fenced = new HashSet<>();
  private final Map<UUID, Long> generations = new HashMap<>();
  private final Map<UUID, TaskFact> ends = new HashMap<>();
  private final List<String> broken = new ArrayList<>();

  @Override
  public void saw(Seen seen) {
    switch (seen.what()) {
      case COMPLETED -> completed.add(seen);
      case FENCED -> fenced.add(seen.key());
      case CREATED, CLAIMED, STARTED -> {}
    }
  }

  @Override
  public void told(TaskFact fact) {
    var newest = generations.merge(fact.task(), fact.generation(), Math::max);
    if (fact.generation() < newest) {
      broken.add("task %s: %s after generation %d".formatted(fact.key(), fact.type(), newest));
    }
    if (fact.state().isFinal()) {
      ends.put(fact.task(), fact);
    }
    if (fact.type() == EventType.TASK_COMPLETED && fenced.contains(fact.key())) {
      broken.add("task %s was completed by a claim that was refused".formatted(fact.key()));
    }
  }

  @Override
  public List<String> broken() {
    var all = new ArrayList<>(broken);
    for (var report : completed) {
      var end = ends.get(report.task());
      if (end != null && end.generation() != report.claim().generation()) {
        all.add(
            "the report of task %s was taken, and the task ended under generation %d"
                .formatted(report.key(), end.generation()));
      }
    }
    return all;
  }
}
