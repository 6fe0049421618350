package dev.muster.tasks.decide;

import dev.muster.events.EventType;
import dev.muster.events.id.AgentId;
import dev.muster.events.id.RuntimeId;
import dev.muster.events.id.TaskId;
import dev.muster.events.task.TaskState;
import dev.muster.tasks.command.ClaimAnswer;
import dev.muster.tasks.command.ClaimedTask;
import dev.muster.tasks.command.RequestKey;
import dev.muster.tasks.command.TaskCommand.Claim;
import dev.muster.tasks.decide.Situation.AgentFacts;
import dev.muster.tasks.decide.Situation.Loaded;
import dev.muster.tasks.decide.Situation.RuntimeFacts;
import dev.muster.tasks.decide.Situation.ScopedKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Who runs which task is decided here and nowhere else.
///
/// The caps hold because they are counted under locks: the runtime's row and the rows of the agents
/// are locked before their active tasks are counted. Two claims that could both take the last slot
/// share one of these rows. One run per agent and issue, and one per concurrency key, are refused
/// by unique indexes besides, should a path ever forget the locks.
///
/// Of the agents, the one goes first whose best task has waited longest, counted from the agent's
/// last task if that was later, and with ten minutes for each step of priority ([QueueOrder]). An
/// agent's own tasks go by their rank.
final class Claims {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final Board board;
  private final boolean skipsLocked;
  private final List<TaskId> made = new ArrayList<>();
  private final Map<RuntimeId, Map<AgentId, List<TaskId>>> queues = new HashMap<>();

  /// @param skipsLocked whether what somebody else has locked was left out
  Claims(Board board, boolean skipsLocked) {
    this.board = board;
    this.skipsLocked = skipsLocked;
  }

  /// A task that was made in this batch may be claimed in it.
  void add(TaskId task) {
    made.add(task);
  }

  /// Decides a claim. Null if it cannot be decided without what somebody else has locked.
  @Nullable ClaimAnswer claim(Claim claim) {
    var key = claim.key();
    if (key != null) {
      var scoped = new ScopedKey(claim.runtime().value(), key.key());
      var before = board.situation.keys.get(scoped);
      if (before != null) {
        return before.hash().equals(key.hash())
            ? new ClaimAnswer.MadeBefore(before.task(), before.generation())
            : new ClaimAnswer.KeyMisused();
      }
      if (board.isUsed(scoped)) {
        return null;
      }
    }
    var runtime = board.situation.runtimes.get(claim.runtime());
    if (runtime == null) {
      return isLocked(claim.runtime()) ? null : new ClaimAnswer.Nothing();
    }
    var lost = board.situation.undelivered.remove(claim.runtime());
    if (lost != null && isUntouched(lost)) {
      var again = board.task(lost);
      if (board.situation.agents.get(again.agent()) == null) {
        return null;
      }
      board.tell(EventType.TASK_DISPATCHED, board.transitions.deliverAgain(again));
      return claimed(lost, again.agent(), claim.runtime(), key);
    }
    return takeOn(runtime, claim);
  }

  /// Whether nothing else in the batch has to do with the task: what is heard of it, or has ended
  /// it, is no longer a claim whose answer was lost.
  private boolean isUntouched(TaskId task) {
    var loaded = board.situation.tasks.get(task);
    return loaded != null && loaded.task().equals(board.task(task));
  }

  /// The claim that holds the task is answered once more.
  ClaimedTask repeat(Loaded loaded) {
    var task = loaded.task();
    board.keep(board.transitions.delivered(task));
    var agent = Objects.requireNonNull(board.situation.agents.get(task.agent()), "its agent");
    return Views.claimed(Objects.requireNonNull(board.find(task.id())), agent.description());
  }

  private boolean isLocked(RuntimeId runtime) {
    return skipsLocked
        && (board.situation.waitingAgents.containsKey(runtime)
            || board.situation.undelivered.containsKey(runtime));
  }

  private @Nullable ClaimAnswer takeOn(RuntimeFacts runtime, Claim claim) {
    if (!isOpenFor(runtime, claim)) {
      return nothing(runtime, claim);
    }
    var heads = heads(runtime);
    var best =
        heads.stream()
            .min(Comparator.comparing(Head::turn).thenComparing(Head::task, QueueOrder.BY_RANK));
    if (best.isEmpty()) {
      return skipsLocked && hasSkipped(runtime) ? null : nothing(runtime, claim);
    }
    var task = best.get().task();
    var agent = best.get().agent();
    if (heads.size() > 1 || agent.ratePerMinute() != null) {
      board.pace(agent.id(), agent.ratePerMinute());
    }
    if (task.place().assignedAt() == null) {
      task = board.tell(EventType.TASK_ASSIGNED, board.transitions.assign(task, runtime.id()));
    }
    board.tell(EventType.TASK_DISPATCHED, board.transitions.claim(task));
    return claimed(task.id(), task.agent(), runtime.id(), claim.key());
  }

  private boolean isOpenFor(RuntimeFacts runtime, Claim claim) {
    return runtime.intake() == Intake.OPEN
        && (claim.process() == null
            || runtime.processId() == null
            || runtime.processId().equals(claim.process()))
        && board.activeOn(runtime.id()) < runtime.maxConcurrentTasks();
  }

  /// The best task of an agent.
  private record Head(Task task, AgentFacts agent, Instant turn) {}

  private List<Head> heads(RuntimeFacts runtime) {
    var heads = new ArrayList<Head>();
    queue(runtime)
        .forEach((id, tasks) -> {
          var agent = board.situation.agents.get(id);
          if (agent != null && hasRoom(agent)) {
            head(runtime, tasks)
                .ifPresent(task ->
                    heads.add(new Head(task, agent, QueueOrder.turn(task, claimedAt(agent)))));
          }
        });
    return heads;
  }

  private Optional<Task> head(RuntimeFacts runtime, List<TaskId> tasks) {
    return tasks.stream()
        .map(board::task)
        .filter(task -> mayTake(runtime, task))
        .filter(task -> !board.hasActive(Situation.Pair.of(task)) && !board.isKeyBusy(task))
        .min(QueueOrder.BY_RANK);
  }

  /// Whether the task is the runtime's, or is new and could be any fitting runtime's.
  private static boolean mayTake(RuntimeFacts runtime, Task task) {
    return task.isClaimableBy(runtime.id())
        || (task.place().runtime() == null
            && task.state() == TaskState.QUEUED
            && task.place().ready());
  }

  private Map<AgentId, List<TaskId>> queue(RuntimeFacts runtime) {
    return queues.computeIfAbsent(
        runtime.id(),
        id -> {
          var queue = new LinkedHashMap<AgentId, List<TaskId>>();
          board.situation.heads.getOrDefault(id, List.of()).forEach(task -> add(queue, task));
          made.stream()
              .filter(task -> mayTake(runtime, board.task(task)) && fits(runtime, board.task(task)))
              .forEach(task -> add(queue, task));
          return queue;
        });
  }

  private void add(Map<AgentId, List<TaskId>> queue, TaskId task) {
    queue.computeIfAbsent(board.task(task).agent(), _ -> new ArrayList<>()).add(task);
  }

  /// Whether a new task of an agent that names what it needs may go to the runtime: not before the
  /// agent's older ones, which the dispatcher is about to assign.
  private boolean fits(RuntimeFacts runtime, Task task) {
    if (task.place().runtime() != null) {
      return true;
    }
    var agent = board.situation.agents.get(task.agent());
    return agent != null
        && agent.workspace().equals(runtime.workspace())
        && !board.situation.agentsWithOpenChoice.contains(agent.id())
        && (agent.provider() == null || agent.provider().equals(runtime.provider()))
        && runtime.labels().entrySet().containsAll(agent.labels().entrySet());
  }

  private boolean hasRoom(AgentFacts agent) {
    var now = board.situation.now;
    return board.situation.lockedAgents.contains(agent.id())
        && agent.intake() != Intake.PAUSED
        && (agent.stoppedUntil() == null || !agent.stoppedUntil().isAfter(now))
        && board.activeOf(agent.id()) < agent.maxConcurrentTasks()
        && isDue(agent, board.paced(agent.id()), now);
  }

  /// Whether the agent's rate lets another task begin: a bucket of a minute's tasks.
  static boolean isDue(AgentFacts agent, int begunNow, Instant now) {
    var rate = agent.ratePerMinute();
    if (rate == null) {
      return true;
    }
    var next = agent.nextAt();
    if (begunNow > 0) {
      var from = next == null || next.isBefore(now) ? now : next;
      next = from.plus(MINUTE.multipliedBy(begunNow).dividedBy(rate));
    }
    return next == null || !next.isAfter(now.plus(MINUTE).minus(MINUTE.dividedBy(rate)));
  }

  private @Nullable Instant claimedAt(AgentFacts agent) {
    var begunNow = board.paced(agent.id());
    return begunNow == 0 ? agent.claimedAt() : board.situation.now.plusNanos(begunNow * 1_000L);
  }

  /// Whether a claim might have been given something that was left out since it was locked.
  private boolean hasSkipped(RuntimeFacts runtime) {
    var agents = board.situation.waitingAgents.getOrDefault(runtime.id(), Set.of());
    var loaded = queue(runtime);
    return agents.stream()
        .anyMatch(id -> {
          var agent = board.situation.agents.get(id);
          return agent == null
              || !board.situation.lockedAgents.contains(id)
              || (hasRoom(agent) && !loaded.containsKey(id));
        });
  }

  /// The claim gets nothing. A daemon that runs one task at a time asks for the next while one
  /// runs: so it is through with that one.
  private ClaimAnswer nothing(RuntimeFacts runtime, Claim claim) {
    if (claim.isSerial() && runtime.isSerial()) {
      board.situation.runningOnSerial.getOrDefault(runtime.id(), List.of()).stream()
          .map(board::task)
          .filter(this::canBeForgotten)
          .forEach(task -> board.keep(board.transitions.forgotten(task)));
    }
    return new ClaimAnswer.Nothing();
  }

  private boolean canBeForgotten(Task task) {
    var deadline = task.deadline();
    if (task.state() != TaskState.RUNNING || deadline == null) {
      return false;
    }
    return switch (deadline.reason()) {
      case DEADLINE_RUN, DEADLINE_IDLE -> true;
      case CANCELLED -> deadline.at().isAfter(board.situation.now);
      case READY, ASSIGNED, EXPIRED, DEADLINE_START, REPORT_LOST, RUNTIME_LOST -> false;
    };
  }

  private ClaimAnswer claimed(
      TaskId id, AgentId agentId, RuntimeId runtime, @Nullable RequestKey key) {
    var loaded = Objects.requireNonNull(board.find(id), "the claimed task");
    var agent = Objects.requireNonNull(board.situation.agents.get(agentId), "its agent");
    if (key != null) {
      board.use(new Changes.UsedKey(runtime.value(), key, id, loaded.task().generation()));
    }
    return new ClaimAnswer.Claimed(Views.claimed(loaded, agent.description()));
  }
}
