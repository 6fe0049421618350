package dev.muster.tasks.memory;

import dev.muster.events.id.AgentId;
import dev.muster.events.id.IssueId;
import dev.muster.events.id.RuntimeId;
import dev.muster.events.id.TaskId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.task.TaskState;
import dev.muster.tasks.decide.Changes;
import dev.muster.tasks.decide.Situation.AgentFacts;
import dev.muster.tasks.decide.Situation.Fit;
import dev.muster.tasks.decide.Situation.Made;
import dev.muster.tasks.decide.Situation.RuntimeFacts;
import dev.muster.tasks.decide.Situation.ScopedKey;
import dev.muster.tasks.decide.Task;
import dev.muster.tasks.decide.UuidOrder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The tables in memory, and their clock.
public final class Rows {
  public static final Comparator<Task> BY_RANK =
      Comparator.comparing((Task task) -> task.place().rankAt())
          .thenComparing(task -> task.id().value(), UuidOrder.AS_IN_POSTGRES);

  public Instant now;
  public final TreeMap<TaskId, Task> tasks =
      new TreeMap<>(Comparator.comparing(TaskId::value, UuidOrder.AS_IN_POSTGRES));
  public final Map<RuntimeId, RuntimeRow> runtimes = new LinkedHashMap<>();
  public final Map<AgentId, AgentFacts> agents = new LinkedHashMap<>();
  public final Map<IssueId, Issue> issues = new LinkedHashMap<>();
  public final Map<WorkspaceId, Workspace> workspaces = new HashMap<>();
  public final Map<ScopedKey, Made> keys = new HashMap<>();

  /// When the agents of tasks gave a sign last.
  public final Map<TaskId, Instant> heard = new HashMap<>();

  public final Map<AgentId, Pace> paces = new HashMap<>();
  public final List<Changes.EndedAttempt> attempts = new ArrayList<>();
  public final List<Changes.Comment> comments = new ArrayList<>();
  public final List<Changes.TaskEvent> events = new ArrayList<>();

  public Rows(Instant now) {
    this.now = now;
  }

  /// A runtime, and whether it is there.
  public record RuntimeRow(RuntimeFacts facts, boolean isOnline, boolean isDeaf) {}

  public record Issue(
      IssueId id,
      WorkspaceId workspace,
      int number,
      String title,
      String status,
      @Nullable String description) {}

  /// A workspace.
  ///
  /// @param last the number of its last issue
  public record Workspace(String issuePrefix, int last) {}

  public record Pace(Instant claimedAt, Instant nextAt) {}

  public Stream<Task> tasks(Predicate<Task> which) {
    return tasks.values().stream().filter(which);
  }

  public Task task(TaskId id) {
    return Objects.requireNonNull(tasks.get(id), "no such task");
  }

  RuntimeRow runtime(RuntimeId id) {
    return Objects.requireNonNull(runtimes.get(id), "no such runtime");
  }

  Issue issue(IssueId id) {
    return Objects.requireNonNull(issues.get(id), "no such issue");
  }

  public int activeOf(AgentId agent) {
    return (int) tasks(task -> task.isActive() && task.agent().equals(agent)).count();
  }

  public int activeOn(RuntimeId runtime) {
    return (int) tasks(task -> task.isActive() && runtime.equals(task.place().runtime())).count();
  }

  boolean hasActive(AgentId agent, IssueId issue) {
    return tasks(
            task -> task.isActive() && task.agent().equals(agent) && task.issue().equals(issue))
        .findAny()
        .isPresent();
  }

  boolean isKeyActive(WorkspaceId workspace, @Nullable String key) {
    return key != null
        && tasks(task ->
                task.isActive()
                    && task.workspace().equals(workspace)
                    && key.equals(task.terms().concurrencyKey()))
            .findAny()
            .isPresent();
  }

  /// Whether the agent could use the runtime.
  public static boolean fits(AgentFacts agent, RuntimeRow runtime) {
    var facts = runtime.facts();
    return agent.runtime() != null
        ? agent.runtime().equals(facts.id())
        : agent.workspace().equals(facts.workspace())
            && (agent.provider() == null || agent.provider().equals(facts.provider()))
            && facts.labels().entrySet().containsAll(agent.labels().entrySet());
  }

  /// The best that can be said of the runtimes that fit.
  @Nullable Fit fit(AgentFacts agent) {
    var best = Fit.NONE;
    for (var runtime : runtimes.values()) {
      if (fits(agent, runtime) && best.compareTo(fit(runtime)) < 0) {
        best = fit(runtime);
      }
    }
    return best;
  }

  private Fit fit(RuntimeRow runtime) {
    if (!runtime.isOnline()) {
      return Fit.OFFLINE;
    }
    return switch (runtime.facts().intake()) {
      case PAUSED, DRAINING -> Fit.PAUSED;
      case OPEN -> {
        if (runtime.isDeaf()) {
          yield Fit.DEAF;
        }
        yield activeOn(runtime.facts().id()) < runtime.facts().maxConcurrentTasks()
            ? Fit.FREE
            : Fit.FULL;
      }
    };
  }

  /// What may be claimed there, in the order of its agent's queue.
  Stream<Task> claimable(RuntimeId runtime) {
    return tasks(task -> task.isClaimableBy(runtime)).sorted(BY_RANK);
  }

  static boolean isQueued(Task task) {
    return task.state() == TaskState.QUEUED;
  }
}
