package dev.muster.tasks.decide;

import dev.muster.events.id.AgentId;
import dev.muster.events.id.IssueId;
import dev.muster.events.id.RuntimeId;
import dev.muster.events.id.TaskId;
import dev.muster.events.id.UserId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.tasks.command.Limits;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What was loaded for a batch of commands. Filled by a store, then read by the Decider.
///
/// What the Decider may change is locked for the transaction that the batch is written in: tasks,
/// and for claims their runtimes and agents. The rest is as it was committed last.
public final class Situation {
  /// The database's clock.
  public final Instant now;

  /// The tasks that are locked, by id.
  public final Map<TaskId, Loaded> tasks = new HashMap<>();

  /// The runtimes that are locked, and may be given work.
  public final Map<RuntimeId, RuntimeFacts> runtimes = new HashMap<>();

  public final Map<AgentId, AgentFacts> agents = new HashMap<>();

  /// The agents whose rows are locked, so that their caps can be counted.
  public final Set<AgentId> lockedAgents = new HashSet<>();

  /// The agents of queued tasks that each runtime may claim, whether they are locked or not.
  public final Map<RuntimeId, Set<AgentId>> waitingAgents = new HashMap<>();

  /// The first of the queued tasks that each runtime may claim, of each agent the first few.
  public final Map<RuntimeId, List<TaskId>> heads = new HashMap<>();

  /// Claims that were answered and, it seems, got lost; the oldest of each runtime.
  public final Map<RuntimeId, TaskId> undelivered = new HashMap<>();

  /// What runs on runtimes of daemons that run one task at a time.
  public final Map<RuntimeId, List<TaskId>> runningOnSerial = new HashMap<>();

  /// How many tasks each agent has claimed or running.
  public final Map<AgentId, Integer> activeOfAgent = new HashMap<>();

  /// How many tasks each locked runtime has claimed or running.
  public final Map<RuntimeId, Integer> activeOnRuntime = new HashMap<>();

  /// The agents and issues of failed tasks to be redriven that have a queued task already.
  public final Set<Pair> queuedPairs = new HashSet<>();

  /// The claimed or running tasks of agents and issues, as far as somebody asks for them.
  public final Set<Pair> activePairs = new HashSet<>();

  /// The concurrency keys of tasks that are claimed or running, as far as somebody asks for them.
  public final Set<ConcurrencyKey> activeKeys = new HashSet<>();

  /// What requests with these keys made before.
  public final Map<ScopedKey, Made> keys = new HashMap<>();

  public final Map<WorkspaceId, WorkspaceFacts> workspaces = new HashMap<>();

  public final Map<IssueId, IssueFacts> issues = new HashMap<>();

  /// Open tasks with an older rank that any runtime may get, by agent: what is new does not go
  /// before them.
  public final Set<AgentId> agentsWithOpenChoice = new HashSet<>();

  /// The tasks that the predicate of a command has found, by the command's place in the batch.
  public final Map<Integer, List<TaskId>> found = new HashMap<>();

  public Situation(Instant now) {
    this.now = now;
  }

  /// A locked task with what else its claim or its end needs.
  ///
  /// @param description of the issue; null where it was not asked for
  /// @param prior the session of the agent's last completed run on the issue on the task's runtime
  public record Loaded(
      Task task,
      String issueTitle,
      String issueStatus,
      @Nullable String description,
      Task.Session prior) {}

  public record RuntimeFacts(
      RuntimeId id,
      WorkspaceId workspace,
      @Nullable String processId,
      Intake intake,
      int maxConcurrentTasks,
      boolean isSerial,
      String provider,
      Map<String, String> labels) {
    public RuntimeFacts {
      labels = Map.copyOf(labels);
    }
  }

  /// An agent.
  ///
  /// @param runtime the runtime that the agent names; null if it names what it needs
  /// @param description name, instructions, skills and their files, a JSON object
  /// @param claimedAt when it was last given a task, if that was noted
  /// @param nextAt when the next task is due by its rate
  /// @param stoppedUntil until when its budget, or its workspace's, lets nothing begin
  /// @param limits how long its runs may be, where their tasks do not say
  /// @param fit how the runtimes are that fit it; null where it was not asked for
  public record AgentFacts(
      AgentId id,
      WorkspaceId workspace,
      @Nullable RuntimeId runtime,
      @Nullable String provider,
      String labelsJson,
      Map<String, String> labels,
      String name,
      String description,
      Intake intake,
      Visibility visibility,
      @Nullable UserId owner,
      int maxConcurrentTasks,
      @Nullable Integer ratePerMinute,
      @Nullable Instant claimedAt,
      @Nullable Instant nextAt,
      @Nullable Instant stoppedUntil,
      Limits limits,
      @Nullable Fit fit) {
    public AgentFacts {
      labels = Map.copyOf(labels);
    }
  }

  /// How the runtimes are that could take an agent's task: the best that can be said of any.
  public enum Fit {
    NONE,
    OFFLINE,
    PAUSED,
    DEAF,
    FULL,
    FREE
  }

  /// A workspace.
  ///
  /// @param number the first of the numbers that were taken for the batch's new issues
  public record WorkspaceFacts(String issuePrefix, int number) {}

  public record IssueFacts(WorkspaceId workspace, String title, String status) {}

  public record Pair(AgentId agent, IssueId issue) {
    static Pair of(Task task) {
      return new Pair(task.agent(), task.issue());
    }
  }

  public record ConcurrencyKey(WorkspaceId workspace, String key) {}

  public record ScopedKey(UUID scope, String key) {}

  public record Made(TaskId task, long generation, String hash) {}

  /// Adds a task that a command's predicate has found.
  public void addFound(int command, TaskId task) {
    found.computeIfAbsent(command, _ -> new ArrayList<>()).add(task);
  }
}
