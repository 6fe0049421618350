package dev.muster.tasks.memory;

import dev.muster.events.id.AgentId;
import dev.muster.events.id.IssueId;
import dev.muster.events.id.RuntimeId;
import dev.muster.events.id.TaskId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.task.DeadlineReason;
import dev.muster.events.task.TaskState;
import dev.muster.tasks.command.Deadlines;
import dev.muster.tasks.command.RequestKey;
import dev.muster.tasks.command.TaskCommand;
import dev.muster.tasks.command.TaskCommand.Claim;
import dev.muster.tasks.command.TaskCommand.Create;
import dev.muster.tasks.command.TaskCommand.Scope;
import dev.muster.tasks.decide.Intake;
import dev.muster.tasks.decide.Situation;
import dev.muster.tasks.decide.Situation.AgentFacts;
import dev.muster.tasks.decide.Situation.ConcurrencyKey;
import dev.muster.tasks.decide.Situation.Pair;
import dev.muster.tasks.decide.Situation.ScopedKey;
import dev.muster.tasks.decide.Task;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Locks and loads what a batch needs from memory.
final class MemoryLoad {
  private final Rows rows;
  private final MemoryTransactions.Transaction transaction;
  private final boolean skipsLocked;
  private final Situation situation;

  private final Map<RuntimeId, Integer> claims = new LinkedHashMap<>();
  private final Set<AgentId> createdFor = new LinkedHashSet<>();
  private final Map<WorkspaceId, Integer> numbers = new LinkedHashMap<>();
  private final Set<AgentId> agents = new LinkedHashSet<>();
  private boolean isSerial;
  private boolean isDescribed;

  MemoryLoad(Rows rows, MemoryTransactions.Transaction transaction, boolean skipsLocked) {
    this.rows = rows;
    this.transaction = transaction;
    this.skipsLocked = skipsLocked;
    this.situation = new Situation(rows.now);
  }

  Situation load(List<? extends TaskCommand<?>> commands) {
    for (var command : commands) {
      if (command instanceof Claim claim) {
        claims.merge(claim.runtime(), 1, Integer::sum);
        isSerial |= claim.isSerial();
        isDescribed = true;
      } else if (command instanceof Create create) {
        numbers.merge(create.workspace(), 1, Integer::sum);
        if (create.agent() != null && create.task() != null) {
          createdFor.add(create.agent());
        }
      } else if (command instanceof TaskCommand.Repeat) {
        isDescribed = true;
      }
    }
    agents.addAll(createdFor);
    claims();
    for (var i = 0; i < commands.size(); i++) {
      load(commands.get(i), i);
    }
    agents();
    creates();
    return situation;
  }

  private void load(TaskCommand<?> command, int index) {
    switch (command) {
      case TaskCommand.Report report -> byId(report.task());
      case Claim claim -> key(claim.runtime().value(), claim.key());
      case TaskCommand.Repeat repeat -> {
        var task = rows.tasks.get(repeat.task());
        if (task != null) {
          transaction.lock(task.id(), false);
          add(task, true);
          agents.add(task.agent());
        }
      }
      case Create create -> {
        key(create.workspace().value(), create.key());
        var wanted = create.task();
        var key = wanted == null ? null : wanted.terms().concurrencyKey();
        if (create.agent() != null && key != null && rows.isKeyActive(create.workspace(), key)) {
          situation.activeKeys.add(new ConcurrencyKey(create.workspace(), key));
        }
      }
      case TaskCommand.Enqueue enqueue -> {
        agents.add(enqueue.agent());
        var issue = rows.issues.get(enqueue.issue());
        if (issue != null) {
          situation.issues.put(
              issue.id(),
              new Situation.IssueFacts(issue.workspace(), issue.title(), issue.status()));
        }
        find(index, open(task -> isOf(task, enqueue.agent(), enqueue.issue())));
      }
      case TaskCommand.Rerun rerun -> {
        byId(rerun.ended());
        var ended = rows.tasks.get(rerun.ended());
        if (ended != null) {
          agents.add(ended.agent());
          find(index, open(task -> isOf(task, ended.agent(), ended.issue())));
        }
      }
      case TaskCommand.Redrive redrive ->
          redrive
              .failed()
              .forEach(id -> {
                byId(id);
                queuedBeside(id);
                var task = rows.tasks.get(id);
                if (task != null) {
                  agents.add(task.agent());
                }
              });
      case TaskCommand.Cancel cancel -> byId(cancel.task());
      case TaskCommand.CancelOpen open -> find(index, meant(open));
      case TaskCommand.EndActive end -> {
        Predicate<Task> held =
            task -> task.isActive() && end.runtimes().contains(task.place().runtime());
        find(index, held);
      }
      case TaskCommand.PassDeadlines pass -> pass.tasks().forEach(this::byId);
      case TaskCommand.Assign assign -> assign.runtimes().keySet().forEach(this::byId);
    }
  }

  private static boolean isOf(Task task, AgentId agent, IssueId issue) {
    return task.agent().equals(agent) && task.issue().equals(issue);
  }

  private static Predicate<Task> open(Predicate<Task> which) {
    return task -> !task.state().isFinal() && which.test(task);
  }

  private static Predicate<Task> meant(TaskCommand.CancelOpen open) {
    Predicate<Task> isMeant =
        switch (open.scope()) {
          case Scope.OfIssue(var issue) -> task -> task.issue().equals(issue);
          case Scope.OfAgent(var agent) -> task -> task.agent().equals(agent);
          case Scope.OfWorkspace(var workspace) -> task -> task.workspace().equals(workspace);
          case Scope.QueuedOfIssue(var issue) ->
              task -> task.issue().equals(issue) && task.state() == TaskState.QUEUED;
        };
    return open(isMeant).and(task -> open.isForGood() || !task.isCancelRequested());
  }

  private void find(int index, Predicate<Task> which) {
    rows.tasks(which)
        .limit(TaskCommand.FOUND_MAX)
        .toList()
        .forEach(task -> {
          transaction.lock(task.id(), false);
          add(task, false);
          situation.addFound(index, task.id());
        });
  }

  private void byId(TaskId id) {
    var task = rows.tasks.get(id);
    if (task != null && transaction.lock(id, skipsLocked)) {
      add(task, false);
    }
  }

  private void queuedBeside(TaskId id) {
    var task = rows.tasks.get(id);
    if (task != null) {
      rows.tasks(other ->
              Rows.isQueued(other)
                  && isOf(other, task.agent(), task.issue())
                  && !other.id().equals(id))
          .forEach(other -> situation.queuedPairs.add(new Pair(other.agent(), other.issue())));
    }
  }

  private void key(UUID scope, @Nullable RequestKey key) {
    if (key != null) {
      var scoped = new ScopedKey(scope, key.key());
      var made = rows.keys.get(scoped);
      if (made != null) {
        situation.keys.put(scoped, made);
      }
    }
  }

  private void add(Task task, boolean isForClaim) {
    var issue = rows.issue(task.issue());
    situation.tasks.putIfAbsent(
        task.id(),
        new Situation.Loaded(
            task,
            issue.title(),
            issue.status(),
            isForClaim ? issue.description() : null,
            isForClaim ? prior(task) : new Task.Session(null, null, task.place().runtime())));
  }

  private Task.Session prior(Task of) {
    var runtime = of.place().runtime();
    return rows.tasks(task ->
            isOf(task, of.agent(), of.issue())
                && task.state() == TaskState.COMPLETED
                && runtime != null
                && runtime.equals(task.place().runtime())
                && task.session().id() != null)
        .max(Comparator.comparing(MemoryLoad::endedAt))
        .map(task -> new Task.Session(task.session().id(), task.session().workDir(), runtime))
        .orElseGet(() -> new Task.Session(null, null, runtime));
  }

  private static Instant endedAt(Task task) {
    var at = task.end().at();
    return at == null ? Instant.MIN : at;
  }

  private boolean isLost(Task task, RuntimeId on) {
    var delivered = task.lease().deliveredAt();
    return task.state() == TaskState.DISPATCHED
        && on.equals(task.place().runtime())
        && delivered != null
        && delivered.isBefore(rows.now.minus(Deadlines.REDELIVER));
  }

  private void claims() {
    var wanted = new LinkedHashSet<AgentId>();
    for (var runtime : claims.keySet()) {
      var waiting = new HashSet<AgentId>();
      rows.claimable(runtime).forEach(task -> waiting.add(task.agent()));
      if (!waiting.isEmpty()) {
        situation.waitingAgents.put(runtime, waiting);
      }
      wanted.addAll(waiting);
      rows.tasks(task -> isLost(task, runtime)).forEach(task -> wanted.add(task.agent()));
    }
    for (var id : claims.keySet()) {
      var runtime = rows.runtimes.get(id);
      if (runtime != null && isThereAnythingFor(runtime) && transaction.lock(id, skipsLocked)) {
        situation.runtimes.put(id, runtime.facts());
      }
      situation.activeOnRuntime.put(id, rows.activeOn(id));
    }
    if (!claims.isEmpty()) {
      agents.addAll(wanted);
      wanted.addAll(createdFor);
      wanted.stream()
          .filter(rows.agents::containsKey)
          .filter(id -> transaction.lock(id, skipsLocked))
          .forEach(situation.lockedAgents::add);
    }
    claims.keySet().forEach(this::undelivered);
    if (isSerial) {
      claims.keySet().forEach(this::runningOnSerial);
    }
    claims.forEach(this::heads);
  }

  private boolean isThereAnythingFor(Rows.RuntimeRow runtime) {
    var id = runtime.facts().id();
    return rows.claimable(id).findAny().isPresent()
        || rows.tasks(task ->
                isLost(task, id)
                    || (runtime.facts().isSerial()
                        && task.state() == TaskState.RUNNING
                        && id.equals(task.place().runtime())))
            .findAny()
            .isPresent()
        || createdFor.stream()
            .map(rows.agents::get)
            .anyMatch(agent -> agent != null && Rows.fits(agent, runtime));
  }

  private void undelivered(RuntimeId runtime) {
    rows.tasks(task -> isLost(task, runtime))
        .sorted(
            Comparator.comparing(
                (Task task) -> Objects.requireNonNull(task.lease().dispatchedAt())))
        .filter(task -> transaction.lock(task.id(), true))
        .findFirst()
        .ifPresent(task -> {
          add(task, true);
          situation.undelivered.put(runtime, task.id());
        });
  }

  private void runningOnSerial(RuntimeId id) {
    var runtime = rows.runtimes.get(id);
    if (runtime == null || !runtime.facts().isSerial()) {
      return;
    }
    rows.tasks(task -> task.state() == TaskState.RUNNING && id.equals(task.place().runtime()))
        .filter(task ->
            task.deadline() != null
                && (task.deadline().reason() == DeadlineReason.DEADLINE_RUN
                    || task.deadline().reason() == DeadlineReason.DEADLINE_IDLE
                    || task.deadline().reason() == DeadlineReason.CANCELLED))
        .filter(task -> transaction.lock(task.id(), true))
        .toList()
        .forEach(task -> {
          add(task, false);
          situation.runningOnSerial.computeIfAbsent(id, _ -> new ArrayList<>()).add(task.id());
        });
  }

  private void heads(RuntimeId runtime, int wanted) {
    for (var agent : situation.waitingAgents.getOrDefault(runtime, Set.of())) {
      var facts = rows.agents.get(agent);
      if (facts == null || facts.intake() == Intake.PAUSED) {
        continue;
      }
      var room = Math.min(wanted, facts.maxConcurrentTasks() - rows.activeOf(agent));
      rows.claimable(runtime)
          .filter(task -> task.agent().equals(agent))
          .filter(task -> !rows.hasActive(agent, task.issue()))
          .filter(task -> !rows.isKeyActive(task.workspace(), task.terms().concurrencyKey()))
          .filter(task -> transaction.lock(task.id(), skipsLocked))
          .limit(Math.max(0, room))
          .toList()
          .forEach(task -> {
            add(task, true);
            situation.heads.computeIfAbsent(runtime, _ -> new ArrayList<>()).add(task.id());
          });
    }
  }

  private void agents() {
    for (var id : agents) {
      var agent = rows.agents.get(id);
      if (agent != null) {
        situation.agents.put(id, facts(agent));
        situation.activeOfAgent.put(id, rows.activeOf(id));
      }
    }
  }

  private AgentFacts facts(AgentFacts agent) {
    var pace = rows.paces.get(agent.id());
    var stopped = agent.stoppedUntil();
    return new AgentFacts(
        agent.id(),
        agent.workspace(),
        agent.runtime(),
        agent.provider(),
        agent.labelsJson(),
        agent.labels(),
        agent.name(),
        isDescribed ? agent.description() : "{}",
        agent.intake(),
        agent.visibility(),
        agent.owner(),
        agent.maxConcurrentTasks(),
        agent.ratePerMinute(),
        pace == null ? null : pace.claimedAt(),
        pace == null ? null : pace.nextAt(),
        stopped != null && stopped.isAfter(rows.now) ? stopped : null,
        agent.limits(),
        createdFor.contains(agent.id()) ? rows.fit(agent) : null);
  }

  private void creates() {
    if (!claims.isEmpty()) {
      createdFor.stream()
          .filter(agent ->
              rows.tasks(task ->
                      task.agent().equals(agent)
                          && Rows.isQueued(task)
                          && task.place().ready()
                          && task.place().runtime() == null
                          && !task.needs().pinned())
                  .findAny()
                  .isPresent())
          .forEach(situation.agentsWithOpenChoice::add);
    }
    new HashMap<>(numbers)
        .forEach((id, taken) -> {
          var workspace = Objects.requireNonNull(rows.workspaces.get(id));
          transaction.lock(id, false);
          situation.workspaces.put(
              id, new Situation.WorkspaceFacts(workspace.issuePrefix(), workspace.last() + 1));
          transaction.take(id, taken);
        });
  }
}
