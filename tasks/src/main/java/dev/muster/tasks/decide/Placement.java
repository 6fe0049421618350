package dev.muster.tasks.decide;

import dev.muster.events.id.RuntimeId;
import dev.muster.events.id.TaskId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Decides which runtime gets which of the tasks that leave a choice. Pure: what it needs to know
/// it is given.
///
/// A task goes to the runtime of its prior session while that one is online, and waits a bounded
/// time for it to have room; else to the fitting runtime with the most room. The runtime that gave
/// it back is the last to get it again.
public final class Placement {
  /// How long a task waits for the runtime that knows its issue.
  static final Duration AFFINITY = Duration.ofSeconds(20);

  private Placement() {}

  /// A task without a runtime.
  ///
  /// @param provider what the runtime must run; null where any will do
  /// @param labels what the runtime must say of itself
  /// @param prior where the agent last completed a run on the issue
  /// @param gaveBack the runtime that gave the task back the last time; null if none did
  public record Waiting(
      TaskId task,
      @Nullable String provider,
      Map<String, String> labels,
      Duration waited,
      @Nullable RuntimeId prior,
      @Nullable RuntimeId gaveBack) {}

  /// A runtime that is online.
  ///
  /// @param room how many more tasks it may be given
  public record Candidate(
      RuntimeId runtime, String provider, Map<String, String> labels, int room) {
    boolean fits(Waiting waiting) {
      return (waiting.provider() == null || waiting.provider().equals(provider))
          && labels.entrySet().containsAll(waiting.labels().entrySet());
    }
  }

  public record Assignment(TaskId task, RuntimeId runtime) {}

  /// Assigns what can be assigned.
  ///
  /// @param waiting in the order in which they are to be served
  public static List<Assignment> assign(List<Waiting> waiting, List<Candidate> candidates) {
    var room = new HashMap<RuntimeId, Integer>();
    candidates.forEach(candidate -> room.put(candidate.runtime(), candidate.room()));
    var assignments = new ArrayList<Assignment>();
    for (var task : waiting) {
      choose(task, candidates, room)
          .ifPresent(runtime -> {
            assignments.add(new Assignment(task.task(), runtime));
            room.merge(runtime, -1, Integer::sum);
          });
    }
    return assignments;
  }

  private static Optional<RuntimeId> choose(
      Waiting task, List<Candidate> candidates, Map<RuntimeId, Integer> room) {
    var fitting = candidates.stream().filter(candidate -> candidate.fits(task)).toList();
    var prior =
        fitting.stream()
            .map(Candidate::runtime)
            .filter(r -> r.equals(task.prior()) && !r.equals(task.gaveBack()))
            .findFirst();
    if (prior.isPresent()) {
      if (left(room, prior.get()) > 0) {
        return prior;
      }
      if (task.waited().compareTo(AFFINITY) < 0) {
        return Optional.empty();
      }
    }
    return fitting.stream()
        .map(Candidate::runtime)
        .filter(runtime -> left(room, runtime) > 0)
        .max(
            Comparator.comparing((RuntimeId runtime) -> !runtime.equals(task.gaveBack()))
                .thenComparingInt(runtime -> left(room, runtime))
                .thenComparing(RuntimeId::value, Comparator.reverseOrder()));
  }

  private static int left(Map<RuntimeId, Integer> room, RuntimeId runtime) {
    return room.getOrDefault(runtime, 0);
  }
}
