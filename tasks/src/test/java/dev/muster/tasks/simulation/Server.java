package dev.muster.tasks.simulation;

import dev.muster.events.id.RuntimeId;
import dev.muster.events.id.TaskId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.task.TaskState;
import dev.muster.tasks.command.Deadlines;
import dev.muster.tasks.command.TaskCommand;
import dev.muster.tasks.decide.Changes;
import dev.muster.tasks.decide.Decider;
import dev.muster.tasks.decide.Intake;
import dev.muster.tasks.decide.Task;
import dev.muster.tasks.lane.SteppedLane;
import dev.muster.tasks.memory.MemoryDeadlines;
import dev.muster.tasks.memory.MemoryTransactions;
import dev.muster.tasks.memory.Rows;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.DataAccessResourceFailureException;

/// What the instances share: the tables, and what happens to transactions on them.
final class Server {
  static final WorkspaceId WORKSPACE = new WorkspaceId(new UUID(7, 1));
  private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

  private final Simulation sim;
  private final Deadlines deadlines;
  private final Rows rows = new Rows(BEGIN);
  private final MemoryTransactions store = new MemoryTransactions(rows);
  private final MemoryDeadlines bounds;
  private final Decider decider;
  private final List<Instance> instances = new ArrayList<>();
  private final List<Worker> workers = new ArrayList<>();

  /// For what is not an instance's: its commands are batches of their own.
  private final SteppedLane own;

  private long apiSeenAt;
  private boolean isCrash;
  private int depth;

  Server(Simulation sim) {
    this.sim = sim;
    deadlines =
        new Deadlines(
            Duration.ofSeconds(30),
            Duration.ofSeconds(150),
            Duration.ofSeconds(45),
            Duration.ofSeconds(60),
            Duration.ofSeconds(240),
            sim.happens(0.3) ? Duration.ofSeconds(sim.between(30, 100)) : Duration.ZERO,
            Duration.ofSeconds(60),
            Duration.ofSeconds(30),
            sim.happens(0.3) ? Duration.ofSeconds(sim.between(60, 400)) : Duration.ZERO,
            Duration.ofDays(7),
            Duration.ZERO);
    bounds = new MemoryDeadlines(rows, deadlines);
    decider = new Decider(deadlines);
    rows.workspaces.put(WORKSPACE, new Rows.Workspace("SIM", 0));
    store.watch(new Watch());
    own = new SteppedLane(store, decider, sim.random, Runnable::run, () -> {});
  }

  void begin() {
    instances.add(new Instance(sim, "api A"));
    instances.add(new Instance(sim, "api B"));
  }

  void tick() {
    rows.now = BEGIN.plusMillis(sim.now);
  }

  Rows rows() {
    return rows;
  }

  MemoryTransactions store() {
    return store;
  }

  MemoryDeadlines bounds() {
    return bounds;
  }

  Deadlines deadlines() {
    return deadlines;
  }

  Decider decider() {
    return decider;
  }

  List<Worker> workers() {
    return workers;
  }

  List<Instance> instances() {
    return instances;
  }

  Instance any() {
    return instances.get(sim.random.nextInt(instances.size()));
  }

  void hearsApi() {
    apiSeenAt = sim.now;
  }

  long apiSeenAt() {
    return apiSeenAt;
  }

  boolean takeCrash() {
    var was = isCrash;
    isCrash = false;
    return was;
  }

  private void mayCrash(String where) {
    if (sim.happens(sim.faults.crash())) {
      sim.seen.add(where);
      isCrash = true;
      throw new Crash();
    }
  }

  /// What goes wrong with transactions.
  private final class Watch implements MemoryTransactions.Watcher {
    @Override
    public void beginning() {
      if (sim.happens(sim.faults.database())) {
        sim.seen.add("Postgres away");
        sim.tell(() -> "    Postgres is away");
        throw new DataAccessResourceFailureException("Postgres is away");
      }
    }

    @Override
    public void loaded() {
      if (sim.happens(sim.faults.database())) {
        sim.seen.add("a wait for a lock that took too long");
        throw new CannotAcquireLockException("a lock was waited for for too long");
      }
      if (depth == 0 && sim.happens(sim.faults.overlap())) {
        depth++;
        any().makeMeanwhile();
        depth--;
      }
    }

    @Override
    public void committing(Changes changes) {
      if (!changes.isEmpty()) {
        mayCrash("lost before the commit");
      }
    }

    @Override
    public void committed(Changes changes) {
      if (depth > 0 && !changes.isEmpty()) {
        sim.seen.add("two batches at once");
      }
      sim.invariants.committed(changes);
      if (!changes.events().isEmpty()) {
        sim.dispatcher.hear();
      }
      if (!changes.isEmpty()) {
        mayCrash("lost after the commit");
      }
    }
  }

  /// Decides a command in a transaction of its own, as somebody who holds what it needs.
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  <A> A within(TaskCommand<A> command) {
    sim.tell(() -> "    " + command);
    return (A) own.within(command);
  }

  /// Somebody else's transaction keeps rows locked for a while.
  void holdSomething() {
    var ids = new ArrayList<Object>();
    rows.tasks.values().stream()
        .filter(task -> !task.state().isFinal() && sim.happens(0.3))
        .map(Task::id)
        .forEach(ids::add);
    rows.agents.keySet().stream().filter(_ -> sim.happens(0.2)).forEach(ids::add);
    rows.runtimes.keySet().stream().filter(_ -> sim.happens(0.2)).forEach(ids::add);
    if (!ids.isEmpty()) {
      sim.seen.add("locked by somebody else");
      var held = store.hold(ids);
      sim.after(sim.between(5, 2_000), "somebody's locks are free", held::close);
    }
  }

  Task task(TaskId id) {
    return rows.task(id);
  }

  Worker worker(RuntimeId id) {
    return workers.stream().filter(worker -> worker.id.equals(id)).findFirst().orElseThrow();
  }

  Rows.RuntimeRow row(Worker worker) {
    return Objects.requireNonNull(rows.runtimes.get(worker.id));
  }

  /// Whether the task waits for something that will not come: nothing that would take it is left,
  /// or a person has paused its agent.
  boolean waitsForGood(Task task) {
    var agent = Objects.requireNonNull(rows.agents.get(task.agent()));
    return task.state() == TaskState.QUEUED
        && task.place().ready()
        && task.terms().expiresAt() == null
        && (agent.intake() == Intake.PAUSED
            || sim.daemons.stream()
                .allMatch(daemon -> daemon.isGone || !Rows.fits(agent, row(daemon.worker))));
  }
}
