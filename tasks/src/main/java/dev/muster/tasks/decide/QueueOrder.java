package dev.muster.tasks.decide;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/// The order in which queued tasks are served.
///
/// Ten minutes of waiting outweigh one step of priority. The order between two queued tasks never
/// changes, so an index holds it; and none is passed by what comes more than 40 minutes after it,
/// whatever its priority.
public final class QueueOrder {
  private static final Duration STEP = Duration.ofMinutes(10);

  /// A queue of one agent.
  static final Comparator<Task> BY_RANK =
      Comparator.comparing((Task task) -> task.place().rankAt())
          .thenComparing(task -> task.id().value(), UuidOrder.AS_IN_POSTGRES);

  private QueueOrder() {}

  /// A task's place in its agent's queue, as a time: the earlier the sooner.
  public static Instant rank(Instant since, int priority) {
    return since.minus(STEP.multipliedBy(priority));
  }

  /// A task's place among those of several agents: none goes before the turn of its agent, which
  /// counts from the agent's last task. So agents of equal priority take turns, and none waits for
  /// ever.
  static Instant turn(Task task, @Nullable Instant claimedAt) {
    if (claimedAt == null) {
      return task.place().rankAt();
    }
    var turn = rank(claimedAt, task.terms().priority());
    return turn.isAfter(task.place().rankAt()) ? turn : task.place().rankAt();
  }
}
