package dev.muster.tasks.decide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.events.task.Command;
import dev.muster.events.task.Generation;
import dev.muster.events.task.Outcome;
import dev.muster.events.task.Outcome.Fenced;
import dev.muster.events.task.Outcome.Moves;
import dev.muster.events.task.Outcome.Repeated;
import dev.muster.events.task.Outcome.Taken;
import dev.muster.events.task.Standing;
import dev.muster.events.task.TaskState;
import dev.muster.tasks.command.Deadlines;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Dispatching under every fault that can be thought of, in virtual time.
///
/// A run is a function of its seed: tasks, daemons of both kinds, the server's store, dispatcher,
/// sweeper, people who cancel, and a network and crashes that spare nobody. After each step the
/// invariants are held against the rows and the events; then the faults are switched off, the clock
/// runs on, and every task must come to its end, or wait for a reason that can be named.
///
/// The store decides by [Command#on] and otherwise copies rules that live in SQL; a comment at each
/// says where the truth is. A run that breaks an invariant is made again to tell what happened in
/// it. `-Dmuster.test.seeds` says how many runs there are, `-Dmuster.test.seed` makes one of them.
///
/// Rows are never changed but replaced, so whether one changed is whether it is another object.
@SuppressWarnings("ReferenceEquality")
class DispatchSimulationTest {
  private static final int SEEDS = Integer.getInteger("muster.test.seeds", 10_000);

  /// From how many runs on everything that can happen must have happened.
  private static final int SEEDS_REPRESENTATIVE = 1_000;

  @Test
  void whateverGoesWrongEveryInvariantHoldsAndEveryTaskComesToAnEnd() {
    var one = Long.getLong("muster.test.seed");
    var seen = new TreeSet<String>();
    (one == null ? LongStream.range(0, SEEDS) : LongStream.of(one))
        .forEach(seed -> {
          try {
            new Simulation(seed, false, seen).run();
          } catch (Violation | RuntimeException e) {
            throw tell(seed, e);
          }
        });
    if (one == null && SEEDS >= SEEDS_REPRESENTATIVE) {
      assertThat(seen).containsAll(everythingThatCanHappen());
    }
  }

  private static AssertionError tell(long seed, Throwable why) {
    var again = new Simulation(seed, true, new TreeSet<>());
    try {
      again.run();
    } catch (Violation | RuntimeException _) {
      // The same as before.
    }
    return new AssertionError(
        "-Dmuster.test.seed=%d: %s\n%s"
            .formatted(seed, why.getMessage(), String.join("\n", again.trace)),
        why);
  }

  /// Each command moves a task or is taken; those that can be fenced, late or repeated are. A task
  /// whose end was asked for is not claimed again, so no acknowledgement of that is ever fenced.
  private static List<String> everythingThatCanHappen() {
    var effects =
        Arrays.stream(Command.values())
            .map(command ->
                command
                    + (command == Command.PREPARE || command == Command.WRITE
                        ? " Taken"
                        : " Moves"));
    var fenced =
        Arrays.stream(Command.values())
            .filter(command -> command.isFenced() && command != Command.ACKNOWLEDGE_CANCEL)
            .map(command -> command + " Fenced");
    var rest =
        Stream.of(
            "START Repeated", "RELEASE Repeated", "COMPLETE Late", "FAIL Late", "CANCEL Refused");
    return Stream.of(effects, fenced, rest).flatMap(each -> each).toList();
  }

  // ---------------------------------------------------------------------------------- times

  /// Much shorter than the defaults, in the same order, so that a run takes minutes.
  private static final Deadlines DEADLINES =
      new Deadlines(
          Duration.ofSeconds(30),
          Duration.ofSeconds(150),
          Duration.ofSeconds(45),
          Duration.ofSeconds(60),
          Duration.ofSeconds(240),
          Duration.ofSeconds(60),
          Duration.ofSeconds(30),
          Duration.ZERO);

  private static final long SECOND = 1_000;
  private static final long REDELIVER = Deadlines.REDELIVER.toMillis();
  private static final long START = DEADLINES.start().toMillis();
  private static final long SILENCE = DEADLINES.silence().toMillis();
  private static final long GRACE = DEADLINES.reconnectGrace().toMillis();
  private static final long REPORT_LOST = DEADLINES.reportLost().toMillis();

  private static final long HEARTBEAT = 15 * SECOND;

  /// How long a client waits for an answer.
  private static final long TIMEOUT = 30 * SECOND;

  /// A pause of the servers that is too short to have hurt anybody: Sweeper.java.
  private static final long AWAY = 20 * SECOND;

  /// How often sweeper and dispatcher look by themselves, and how often the sweeper looks at
  /// runtimes: Sweeper.java, WaitingTimer.java.
  private static final long LOOK = SECOND;

  private static final long LOOK_AT_RUNTIMES = 5 * SECOND;

  /// By then, without faults, everything must have come to its end.
  private static final long SETTLED = 3_600 * SECOND;

  /// What is under way when all tasks are over arrives within this.
  private static final long STRAGGLERS = 65 * SECOND;

  // ---------------------------------------------------------------------------------- rows

  /// What a passed deadline means, as `deadline_reason` does.
  private enum Due {
    NOTHING,
    READY,
    ASSIGNED,
    EXPIRED,
    DEADLINE_START,
    DEADLINE_RUN,
    REPORT_LOST,
    RUNTIME_LOST,
    CANCELLED;

    /// V2__leases.sql, and whoever writes `deadline_reason`.
    boolean fits(Row row) {
      return switch (row.state) {
        case QUEUED ->
            row.ready ? this == NOTHING || this == ASSIGNED || this == EXPIRED : this == READY;
        case DISPATCHED -> this == DEADLINE_START;
        case RUNNING ->
            row.cancelRequested
                ? this == CANCELLED
                : this == DEADLINE_RUN || this == REPORT_LOST || this == RUNTIME_LOST;
        case COMPLETED, FAILED, CANCELLED -> this == NOTHING;
      };
    }
  }

  private record Deadline(long at, Due due) {
    static final Deadline NEVER = new Deadline(Long.MAX_VALUE, Due.NOTHING);

    /// `expires_at`, from which a waiting task has its deadline.
    static Deadline expiry(Terms terms) {
      return terms.expiresAt == Long.MAX_VALUE ? NEVER : new Deadline(terms.expiresAt, Due.EXPIRED);
    }
  }

  private static final int NOWHERE = -1;

  /// A task's row: what changes of it.
  ///
  /// @param seq of its last event
  /// @param writes how much its runs have said
  private record Row(
      TaskState state,
      boolean cancelRequested,
      int attempt,
      long generation,
      long seq,
      int runtime,
      boolean assigned,
      boolean ready,
      Times times,
      Deadline deadline,
      int writes) {
    static Row queued(int runtime, Deadline deadline) {
      return new Row(
          TaskState.QUEUED, false, 1, 0, 1, runtime, false, true, Times.NONE, deadline, 0);
    }

    boolean isActive() {
      return state == TaskState.DISPATCHED || state == TaskState.RUNNING;
    }

    Row with(Deadline other) {
      return new Row(
          state,
          cancelRequested,
          attempt,
          generation,
          seq,
          runtime,
          assigned,
          ready,
          times,
          other,
          writes);
    }

    Row with(Times other) {
      return new Row(
          state,
          cancelRequested,
          attempt,
          generation,
          seq,
          runtime,
          assigned,
          ready,
          other,
          deadline,
          writes);
    }

    Row said() {
      return new Row(
          state,
          cancelRequested,
          attempt,
          generation,
          seq,
          runtime,
          assigned,
          ready,
          times,
          deadline,
          writes + 1);
    }

    Row assigned(int to, Deadline until) {
      return new Row(
          state,
          cancelRequested,
          attempt,
          generation,
          seq + 1,
          to,
          true,
          ready,
          times,
          until,
          writes);
    }

    Row takenBack(Deadline until) {
      return new Row(
          state,
          cancelRequested,
          attempt,
          generation,
          seq + 1,
          NOWHERE,
          false,
          ready,
          times,
          until,
          writes);
    }

    Row readied(Deadline until) {
      return new Row(
          state,
          cancelRequested,
          attempt,
          generation,
          seq + 1,
          runtime,
          assigned,
          true,
          times,
          until,
          writes);
    }

    Row claimed(long now) {
      return new Row(
          TaskState.DISPATCHED,
          false,
          attempt,
          generation + 1,
          seq + 1,
          runtime,
          true,
          true,
          new Times(now, now, 0),
          new Deadline(now + START, Due.DEADLINE_START),
          writes);
    }

    Row claimedAgain(long now) {
      return new Row(
          state,
          false,
          attempt,
          generation + 1,
          seq + 1,
          runtime,
          assigned,
          ready,
          times.delivered(now),
          deadline,
          writes);
    }

    Row started(long now, Deadline until) {
      return new Row(
          TaskState.RUNNING,
          false,
          attempt,
          generation,
          seq + 1,
          runtime,
          assigned,
          ready,
          new Times(times.dispatched, times.delivered, now),
          until,
          writes);
    }

    Row cancelling(Deadline until) {
      return new Row(
          state,
          true,
          attempt,
          generation,
          seq + 1,
          runtime,
          assigned,
          ready,
          times,
          until,
          writes);
    }

    Row backInQueue(int home, boolean costs, Deadline until) {
      return new Row(
          TaskState.QUEUED,
          false,
          costs ? attempt + 1 : attempt,
          generation,
          seq + 1,
          home,
          false,
          !costs,
          Times.NONE,
          until,
          writes);
    }

    Row ended(TaskState end) {
      return new Row(
          end,
          cancelRequested,
          attempt,
          generation,
          seq + 1,
          runtime,
          assigned,
          true,
          times,
          Deadline.NEVER,
          writes);
    }
  }

  private record Times(long dispatched, long delivered, long started) {
    static final Times NONE = new Times(0, 0, 0);

    Times delivered(long now) {
      return new Times(dispatched, now, started);
    }
  }

  /// What never changes of a task.
  private record Terms(Agent agent, int issue, int maxAttempts, long timeout, long expiresAt) {
    boolean isSameWork(Terms other) {
      return agent == other.agent && issue == other.issue;
    }
  }

  private record Agent(int id, int cap, boolean paused, int runtime, int provider) {
    boolean isPinned() {
      return runtime != NOWHERE;
    }

    boolean fits(Worker candidate) {
      return isPinned() ? runtime == candidate.id : provider == candidate.provider;
    }
  }

  private record Logged(long seq, TaskState state, long generation) {}

  private static final class Task {
    final int id;
    final Terms terms;
    final List<Logged> log = new ArrayList<>();
    Row row;

    /// When the deadline was last moved.
    long boundAt;

    Task(int id, Terms terms, Row row, long now) {
      this.id = id;
      this.terms = terms;
      this.row = row;
      this.boundAt = now;
      log.add(new Logged(1, row.state, 0));
    }

    Standing standing() {
      return new Standing(
          row.state,
          row.state == TaskState.RUNNING && row.cancelRequested,
          row.attempt < terms.maxAttempts);
    }

    @Override
    public String toString() {
      return "task " + id + " " + row;
    }
  }

  private static final class Worker {
    final int id;
    final int provider;
    final int cap;
    final boolean serial;
    final Set<String> superseded = new HashSet<>();
    boolean online;
    long lastSeen;
    String process = "";

    Worker(int id, int provider, int cap, boolean serial) {
      this.id = id;
      this.provider = provider;
      this.cap = cap;
      this.serial = serial;
    }
  }

  /// A claim as its runtime knows it.
  private record Claim(Task task, long generation) {}

  /// An invariant does not hold.
  private static final class Violation extends AssertionError {
    private static final long serialVersionUID = 1;

    Violation(String message) {
      super(message);
    }
  }

  // ---------------------------------------------------------------------------------- the run

  private record Step(long at, long order, String what, Runnable action)
      implements Comparable<Step> {
    @Override
    public int compareTo(Step other) {
      return at == other.at ? Long.compare(order, other.order) : Long.compare(at, other.at);
    }
  }

  /// How likely each fault is in a run.
  private record Faults(double loss, double doubling, double slowness, double crash) {
    static final Faults NONE = new Faults(0, 0, 0, 0);

    /// Some runs are spared a kind of fault altogether, so that others show more clearly.
    static Faults some(SplittableRandom random) {
      return new Faults(
          random.nextInt(4) == 0 ? 0 : random.nextDouble(0.15),
          random.nextInt(3) == 0 ? 0 : random.nextDouble(0.15),
          random.nextInt(3) == 0 ? 0 : random.nextDouble(0.15),
          random.nextInt(3) == 0 ? 0 : random.nextDouble(0.01));
    }
  }

  private static final class Simulation {
    private static final int TRACE_MAX = 50;

    final SplittableRandom random;
    final ArrayDeque<String> trace = new ArrayDeque<>();
    final boolean tracing;
    final Set<String> seen;
    final Store store = new Store(this);
    final Network network = new Network(this);
    final Dispatcher dispatcher = new Dispatcher(this);
    final Sweeper sweeper = new Sweeper(this);
    final Invariants invariants = new Invariants(this);
    final List<Daemon> daemons = new ArrayList<>();
    Faults faults;
    long now;
    private final PriorityQueue<Step> agenda = new PriorityQueue<>();
    private long order;

    Simulation(long seed, boolean tracing, Set<String> seen) {
      // Neighbouring seeds of this generator are not alike, so the seed needs no mixing.
      this.random = new SplittableRandom(seed);
      this.tracing = tracing;
      this.seen = seen;
      this.faults = Faults.some(random);
    }

    void run() {
      new Setting(this).arrange();
      var troubled = between(120, 300) * SECOND;
      after(troubled, "faults end", this::calm);
      while (now < troubled || !isSettled()) {
        next();
        if (now > troubled + SETTLED) {
          throw new Violation("never ends: " + unsettled());
        }
      }
      for (var last = now + STRAGGLERS; now < last; ) {
        next();
      }
      invariants.finish();
    }

    private void next() {
      var step = agenda.remove();
      now = step.at;
      tell(step::what);
      step.action.run();
      invariants.check();
    }

    /// No more faults; what had crashed comes back, unless it is gone for good.
    private void calm() {
      faults = Faults.NONE;
      network.restart();
      dispatcher.restart();
      sweeper.restart();
      daemons.forEach(Daemon::comeBack);
    }

    private boolean isSettled() {
      for (var task : store.tasks) {
        if (!task.row.state.isFinal() && !store.waitsForGood(task)) {
          return false;
        }
      }
      return true;
    }

    private String unsettled() {
      return store.tasks.stream()
          .filter(task -> !task.row.state.isFinal() && !store.waitsForGood(task))
          .map(Task::toString)
          .collect(Collectors.joining("; "));
    }

    void after(long delay, String what, Runnable action) {
      agenda.add(new Step(now + Math.max(1, delay), order++, what, action));
    }

    boolean happens(double chance) {
      return chance > 0 && random.nextDouble() < chance;
    }

    long between(long from, long to) {
      return random.nextLong(from, to + 1);
    }

    void tell(Supplier<String> what) {
      if (tracing) {
        if (trace.size() == TRACE_MAX) {
          trace.removeFirst();
        }
        trace.add("%8.3f  %s".formatted(now / 1_000.0, what.get()));
      }
    }
  }

  /// What there is in a run: runtimes with their daemons, agents, and what people do.
  private record Setting(Simulation sim) {
    private static final int PROVIDERS = 2;

    void arrange() {
      for (int id = 0, count = (int) sim.between(1, 4); id < count; id++) {
        var serial = sim.happens(0.5);
        var cap = serial ? 1 : (int) sim.between(1, 3);
        var runtime = new Worker(id, (int) sim.between(0, PROVIDERS - 1), cap, serial);
        sim.store.runtimes.add(runtime);
        sim.daemons.add(serial ? new SeedDaemon(sim, runtime) : new ReferenceDaemon(sim, runtime));
      }
      var agents = sim.store.agents;
      for (int id = 0, count = (int) sim.between(1, 3); id < count; id++) {
        var runtime = sim.happens(0.5) ? sim.random.nextInt(sim.store.runtimes.size()) : NOWHERE;
        var provider =
            sim.store.runtimes.get(sim.random.nextInt(sim.store.runtimes.size())).provider;
        agents.add(new Agent(id, (int) sim.between(1, 3), sim.happens(0.05), runtime, provider));
      }
      for (int i = 0, count = (int) sim.between(3, 12); i < count; i++) {
        var agent = agents.get(sim.random.nextInt(agents.size()));
        sim.after(sim.between(0, 120 * SECOND), "somebody wants work", () -> queue(agent));
      }
      sim.daemons.forEach(
          daemon -> sim.after(sim.between(0, 5 * SECOND), daemon + " boots", daemon::boot));
      sim.dispatcher.restart();
      sim.sweeper.restart();
      sim.network.restart();
    }

    private void queue(Agent agent) {
      var timeout = sim.happens(0.3) ? sim.between(20, 120) * SECOND : DEADLINES.run().toMillis();
      var expires = sim.happens(0.15) ? sim.now + sim.between(30, 300) * SECOND : Long.MAX_VALUE;
      var terms =
          new Terms(agent, sim.random.nextInt(3), (int) sim.between(1, 3), timeout, expires);
      sim.store
          .enqueue(terms)
          .ifPresent(task -> {
            if (sim.happens(0.3)) {
              sim.after(
                  sim.between(0, 120 * SECOND),
                  "somebody has enough of task " + task.id,
                  () -> cancel(task));
            }
          });
    }

    private void cancel(Task task) {
      sim.network.call(
          "cancel of task " + task.id,
          () -> sim.store.cancel(task),
          answer -> {
            if (answer.isEmpty()) {
              sim.after(5 * SECOND, "somebody asks again", () -> cancel(task));
            }
          });
    }
  }

  // ---------------------------------------------------------------------------------- the store

  /// Postgres and the statements on it: each method is one transaction.
  private static final class Store {
    final List<Task> tasks = new ArrayList<>();
    final List<Worker> runtimes = new ArrayList<>();
    final List<Agent> agents = new ArrayList<>();
    private final Map<String, Claim> keys = new HashMap<>();
    private final Simulation sim;

    /// The row of `server_clock`.
    private long sweptAt;

    private long apiSeenAt;

    Store(Simulation sim) {
      this.sim = sim;
    }

    private Outcome decide(Task task, Command command, Generation generation) {
      var outcome = command.on(task.standing(), generation);
      sim.seen.add(command + " " + outcome.getClass().getSimpleName());
      sim.tell(() -> "    " + command + " " + generation + " on " + task + ": " + outcome);
      return outcome;
    }

    /// The change and its event.
    private void move(Task task, Row row) {
      keep(task, row);
      task.log.add(new Logged(row.seq, row.state, row.generation));
      sim.dispatcher.hear();
    }

    /// A change that is not told.
    private void keep(Task task, Row row) {
      if (!task.row.deadline.equals(row.deadline)) {
        task.boundAt = sim.now;
      }
      task.row = row;
    }

    /// TaskQueue.java: none if one waits already.
    Optional<Task> enqueue(Terms terms) {
      for (var task : tasks) {
        if (task.terms.isSameWork(terms)
            && (task.row.state == TaskState.QUEUED || task.row.state == TaskState.DISPATCHED)) {
          return Optional.empty();
        }
      }
      var task =
          new Task(
              tasks.size(),
              terms,
              Row.queued(terms.agent.runtime, Deadline.expiry(terms)),
              sim.now);
      tasks.add(task);
      sim.dispatcher.hear();
      return Optional.of(task);
    }

    private int active(Predicate<Task> which) {
      var active = 0;
      for (var task : tasks) {
        if (task.row.isActive() && which.test(task)) {
          active++;
        }
      }
      return active;
    }

    private int activeOn(Worker runtime) {
      return active(task -> task.row.runtime == runtime.id);
    }

    /// How many more tasks of the agent may run now.
    int roomOf(Agent agent) {
      return agent.paused ? 0 : agent.cap - active(task -> task.terms.agent == agent);
    }

    int waitingOn(Worker runtime, Agent agent) {
      var waiting = 0;
      for (var task : tasks) {
        if (task.row.state == TaskState.QUEUED
            && task.row.ready
            && task.row.runtime == runtime.id
            && task.terms.agent == agent) {
          waiting++;
        }
      }
      return waiting;
    }

    private boolean isBusy(Terms terms) {
      return active(task -> task.terms.isSameWork(terms)) > 0;
    }

    // What daemons ask for.

    /// What a claim is answered.
    ///
    /// @param refused whether it was made with a key whose claim is over, or by a replaced process
    record Claimed(Optional<Claim> claim, boolean refused) {
      static final Claimed NOTHING = new Claimed(Optional.empty(), false);
      static final Claimed REFUSED = new Claimed(Optional.empty(), true);
    }

    /// ClaimStore.java and ClaimDecision.java.
    ///
    /// @param key empty where the daemon sends none
    Claimed claim(Worker runtime, String process, String key) {
      if (!speaksFor(runtime, process)) {
        return Claimed.REFUSED;
      }
      see(runtime);
      var made = keys.get(key);
      if (made != null) {
        return again(made);
      }
      for (var task : tasks) {
        if (task.row.runtime == runtime.id
            && task.row.state == TaskState.DISPATCHED
            && task.row.times.delivered < sim.now - REDELIVER) {
          return new Claimed(Optional.of(handOutAgain(task)), false);
        }
      }
      if (activeOn(runtime) < runtime.cap) {
        for (var task : tasks) {
          if (isClaimable(task, runtime)) {
            return new Claimed(Optional.of(handOut(task, key)), false);
          }
        }
      }
      if (runtime.serial) {
        boundForgotten(runtime);
      }
      return Claimed.NOTHING;
    }

    private boolean isClaimable(Task task, Worker runtime) {
      return task.row.runtime == runtime.id
          && task.row.ready
          && task.row.state == TaskState.QUEUED
          && roomOf(task.terms.agent) > 0
          && !isBusy(task.terms);
    }

    private Claim handOut(Task task, String key) {
      if (!task.row.assigned) {
        // A claim that is faster than the dispatcher tells both.
        decide(task, Command.ASSIGN, Generation.NONE);
        move(task, task.row.assigned(task.row.runtime, task.row.deadline));
      }
      decide(task, Command.CLAIM, Generation.NONE);
      move(task, task.row.claimed(sim.now));
      var claim = new Claim(task, task.row.generation);
      if (!key.isEmpty()) {
        keys.put(key, claim);
      }
      sim.invariants.granted(claim, key);
      return claim;
    }

    private Claim handOutAgain(Task task) {
      decide(task, Command.DELIVER_AGAIN, Generation.NONE);
      move(task, task.row.claimedAgain(sim.now));
      var claim = new Claim(task, task.row.generation);
      sim.invariants.granted(claim, "");
      return claim;
    }

    private Claimed again(Claim made) {
      var row = made.task.row;
      if (!row.isActive() || row.generation != made.generation) {
        return Claimed.REFUSED;
      }
      keep(made.task, row.with(row.times.delivered(sim.now)));
      return new Claimed(Optional.of(made), false);
    }

    private void boundForgotten(Worker runtime) {
      for (var task : tasks) {
        var due = task.row.deadline.due;
        if (task.row.runtime == runtime.id && due == Due.CANCELLED) {
          keep(task, task.row.with(new Deadline(sim.now, due)));
        } else if (task.row.runtime == runtime.id && due == Due.DEADLINE_RUN) {
          bound(task, REPORT_LOST, Due.REPORT_LOST);
        }
      }
    }

    private void bound(Task task, long within, Due due) {
      keep(
          task, task.row.with(new Deadline(Math.min(task.row.deadline.at, sim.now + within), due)));
    }

    /// Reports.java, over ReportStore.java and RunStore.java.
    ///
    /// @param generation the one the writer sends; 0 for none
    Outcome write(Task task, Command command, long generation) {
      var before = task.row;
      var said =
          generation == 0
              ? Generation.NONE
              : generation == before.generation ? Generation.CURRENT : Generation.OLD;
      var outcome = decide(task, command, said);
      if (outcome instanceof Moves(var next)) {
        if (command == Command.START) {
          move(
              task,
              before.started(
                  sim.now, new Deadline(sim.now + task.terms.timeout, Due.DEADLINE_RUN)));
        } else {
          end(task, command, next);
        }
      } else if (outcome instanceof Taken) {
        keep(task, command == Command.PREPARE ? prepared(before) : before.said());
      }
      sim.invariants.written(task, before, generation);
      return outcome;
    }

    private Row prepared(Row row) {
      var most = row.times.dispatched + Deadlines.PREPARE_MAX.toMillis();
      var at = Math.max(row.deadline.at, Math.min(sim.now + START, most));
      return row.with(new Deadline(at, Due.DEADLINE_START)).with(row.times.delivered(sim.now));
    }

    /// Attempts.java: back to the queue, unless the agent has another task queued for the issue.
    private void end(Task task, Command command, TaskState next) {
      var isDisplaced =
          tasks.stream()
              .anyMatch(other ->
                  other != task
                      && other.row.state == TaskState.QUEUED
                      && other.terms.isSameWork(task.terms));
      if (next != TaskState.QUEUED || isDisplaced) {
        move(task, task.row.ended(next == TaskState.QUEUED ? TaskState.FAILED : next));
        return;
      }
      var costs = command != Command.RELEASE;
      var most =
          Math.min(
              Attempts.BACKOFF_MAX.toMillis(),
              Attempts.BACKOFF_BASE.toMillis() << (task.row.attempt - 1));
      var until =
          costs
              ? new Deadline(sim.now + sim.between(0, most), Due.READY)
              : Deadline.expiry(task.terms);
      move(task, task.row.backInQueue(task.terms.agent.runtime, costs, until));
    }

    /// How the seed's daemons learn of a cancel: ReportController.java.
    boolean isCancelled(Task task) {
      return task.row.cancelRequested || task.row.state == TaskState.CANCELLED;
    }

    /// Processes.java: the newest process speaks for a runtime, and what an older one ran is over.
    private boolean speaksFor(Worker runtime, String process) {
      if (process.isEmpty() || process.equals(runtime.process)) {
        return true;
      }
      if (runtime.superseded.contains(process)) {
        return false;
      }
      if (!runtime.process.isEmpty()) {
        runtime.superseded.add(runtime.process);
        loseAll(runtime);
      }
      runtime.process = process;
      return true;
    }

    /// DaemonController.java. Returns false to a process that has been replaced.
    boolean register(Worker runtime, String process) {
      var isKnown = !process.isEmpty() && process.equals(runtime.process);
      if (!speaksFor(runtime, process)) {
        return false;
      }
      if (!isKnown) {
        loseAll(runtime);
      }
      see(runtime);
      return true;
    }

    /// DaemonController.java.
    boolean deregister(Worker runtime) {
      runtime.online = false;
      loseAll(runtime);
      giveBackAssigned(runtime);
      return true;
    }

    private void loseAll(Worker runtime) {
      for (var task : tasks) {
        if (task.row.runtime == runtime.id && task.row.isActive()) {
          pass(task, Command.LOSE);
        }
      }
    }

    /// Attempts.java.
    private void giveBackAssigned(Worker runtime) {
      for (var task : tasks) {
        if (task.row.runtime == runtime.id
            && task.row.state == TaskState.QUEUED
            && task.row.assigned
            && !task.terms.agent.isPinned()) {
          keep(task, task.row.with(new Deadline(sim.now, Due.ASSIGNED)));
        }
      }
    }

    /// LivenessStore.java.
    private void see(Worker runtime) {
      runtime.lastSeen = sim.now;
      if (!runtime.online) {
        runtime.online = true;
        sim.dispatcher.hear();
        restore(runtime, Due.RUNTIME_LOST, _ -> true);
      }
    }

    private void restore(Worker runtime, Due due, Predicate<Task> which) {
      for (var task : tasks) {
        if (task.row.runtime == runtime.id && task.row.deadline.due == due && which.test(task)) {
          keep(
              task,
              task.row.with(
                  new Deadline(task.row.times.started + task.terms.timeout, Due.DEADLINE_RUN)));
        }
      }
    }

    enum Action {
      KEEP,
      CANCEL,
      UNKNOWN,
      REPORT_AGAIN
    }

    /// HeartbeatController.java, for a daemon that says nothing of what it runs.
    boolean beat(Worker runtime) {
      see(runtime);
      return true;
    }

    /// RunningTasks.java. What the runtime does not name is left out of the answer: it would not
    /// know what to do about it.
    Map<Claim, Action> beat(Worker runtime, String process, List<Claim> named) {
      var actions = new LinkedHashMap<Claim, Action>();
      if (!speaksFor(runtime, process)) {
        return actions;
      }
      see(runtime);
      for (var task : tasks) {
        if (task.row.runtime == runtime.id
            && task.row.deadline.due == Due.DEADLINE_RUN
            && named.stream().noneMatch(claim -> claim.task == task)) {
          bound(task, REPORT_LOST, Due.REPORT_LOST);
        }
      }
      restore(
          runtime, Due.REPORT_LOST, task -> named.contains(new Claim(task, task.row.generation)));
      named.forEach(claim -> actions.put(claim, action(claim, runtime)));
      return actions;
    }

    private static Action action(Claim claim, Worker runtime) {
      var row = claim.task.row;
      if (!row.isActive() || row.runtime != runtime.id || row.generation != claim.generation) {
        return Action.UNKNOWN;
      }
      if (row.cancelRequested) {
        return Action.CANCEL;
      }
      return row.state == TaskState.DISPATCHED ? Action.REPORT_AGAIN : Action.KEEP;
    }

    // What people ask for.

    /// Cancels.java.
    Outcome cancel(Task task) {
      var outcome = decide(task, Command.CANCEL, Generation.NONE);
      if (outcome instanceof Moves(var next)) {
        if (next.isFinal()) {
          move(task, task.row.ended(next));
        } else {
          var at = Math.min(task.row.deadline.at, sim.now + DEADLINES.cancelGrace().toMillis());
          move(task, task.row.cancelling(new Deadline(at, Due.CANCELLED)));
        }
      }
      return outcome;
    }

    // What the server does by itself.

    /// AssignStore.java.
    void assign(Task task, Worker runtime) {
      var isFree = task.terms.agent.isPinned() ? !task.row.assigned : task.row.runtime == NOWHERE;
      if (isFree
          && task.row.ready
          && decide(task, Command.ASSIGN, Generation.NONE) instanceof Moves) {
        var until =
            task.terms.agent.isPinned()
                ? task.row.deadline
                : new Deadline(sim.now + DEADLINES.assigned().toMillis(), Due.ASSIGNED);
        move(task, task.row.assigned(runtime.id, until));
      }
    }

    /// DeadlineStore.java.
    void passDeadlines() {
      for (var task : tasks) {
        if (task.row.deadline.at < sim.now) {
          switch (task.row.deadline.due) {
            case READY -> move(task, task.row.readied(Deadline.expiry(task.terms)));
            case ASSIGNED -> pass(task, Command.TAKE_BACK);
            case EXPIRED -> pass(task, Command.EXPIRE);
            case DEADLINE_START, REPORT_LOST, RUNTIME_LOST -> pass(task, Command.LOSE);
            case DEADLINE_RUN -> pass(task, Command.OVERRUN);
            case CANCELLED -> pass(task, Command.FINISH_CANCEL);
            case NOTHING -> throw new Violation("a deadline without a meaning: " + task);
          }
        }
      }
    }

    private void pass(Task task, Command command) {
      switch (decide(task, command, Generation.NONE)) {
        case Moves(var next) when command == Command.TAKE_BACK -> {
          sim.invariants.require(next == TaskState.QUEUED, () -> "taken back to " + next);
          move(task, task.row.takenBack(Deadline.expiry(task.terms)));
        }
        case Moves(var next) -> end(task, command, next);
        case Outcome other -> throw new Violation(command + " is " + other + " to " + task);
      }
    }

    /// LeaseStore.java; without runtimes that are deaf, whom the deadline of an assignment bounds.
    void passRuntimes() {
      for (var runtime : runtimes) {
        if (runtime.online && runtime.lastSeen < sim.now - SILENCE) {
          runtime.online = false;
          giveBackAssigned(runtime);
        }
        for (var task : tasks) {
          if (!runtime.online
              && task.row.runtime == runtime.id
              && task.row.state == TaskState.RUNNING
              && task.row.deadline.at > sim.now + GRACE) {
            keep(task, task.row.with(new Deadline(sim.now + GRACE, Due.RUNTIME_LOST)));
          }
        }
      }
    }

    /// Sweeper.java and DeadlineStore.java: whether anybody can be held to a deadline.
    boolean isAwake() {
      if (apiSeenAt <= sim.now - AWAY) {
        return false;
      }
      var away = sim.now - Math.min(sweptAt, apiSeenAt);
      sweptAt = sim.now;
      if (away < AWAY) {
        return true;
      }
      runtimes.stream()
          .filter(runtime -> runtime.online)
          .forEach(runtime -> runtime.lastSeen = sim.now);
      for (var task : tasks) {
        var deadline = task.row.deadline;
        if (task.row.isActive() && deadline.at < sim.now + SILENCE) {
          keep(task, task.row.with(new Deadline(deadline.at + away, deadline.due)));
        }
      }
      return false;
    }

    void noteApi() {
      apiSeenAt = sim.now;
    }

    /// Whether the task waits for something that will not come: nothing that would take it is left,
    /// or a person has paused its agent. The other words of `waiting_reason` in V2__leases.sql
    /// pass.
    boolean waitsForGood(Task task) {
      return task.row.state == TaskState.QUEUED
          && task.row.ready
          && task.row.deadline.due != Due.EXPIRED
          && (task.terms.agent.paused
              || sim.daemons.stream()
                  .allMatch(daemon -> daemon.isGone || !task.terms.agent.fits(daemon.runtime)));
    }
  }

  // ---------------------------------------------------------------------------------- the servers

  /// Something that stops between two of its steps, and starts again.
  private abstract static class Part {
    final Simulation sim;
    private final String name;
    private int life;
    private boolean up;

    Part(Simulation sim, String name) {
      this.sim = sim;
      this.name = name;
    }

    abstract void begin();

    final boolean isUp() {
      return up;
    }

    final void restart() {
      if (!up) {
        up = true;
        life++;
        begin();
      }
    }

    final void crash() {
      sim.tell(() -> "    " + name + " crashes");
      up = false;
      life++;
      sim.after(sim.between(SECOND, 60 * SECOND), name + " restarts", this::restart);
    }

    /// Does something later, if it still lives then, and lives that long.
    final void after(long delay, String what, Runnable action) {
      var mine = life;
      sim.after(
          delay,
          what,
          () -> {
            if (mine != life) {
              return;
            }
            if (sim.happens(sim.faults.crash)) {
              crash();
              return;
            }
            action.run();
          });
    }
  }

  /// The way to the api, and the api.
  private static final class Network extends Part {
    Network(Simulation sim) {
      super(sim, "api");
    }

    @Override
    void begin() {
      sim.store.noteApi();
      after(5 * SECOND, "api lives", this::begin);
    }

    private long delay() {
      return sim.happens(sim.faults.slowness)
          ? sim.between(SECOND, 70 * SECOND)
          : sim.between(1, 40);
    }

    /// Sends a request. The caller gets its answer, or none in time, exactly once.
    <T> void call(String what, Supplier<T> serve, Consumer<Optional<T>> answered) {
      var sentAt = sim.now;
      if (sim.happens(sim.faults.doubling)) {
        sim.after(
            delay() + sim.between(0, 60 * SECOND),
            what + " once more",
            () -> {
              if (isUp()) {
                var _ = serve.get();
              }
            });
      }
      if (sim.happens(sim.faults.loss)) {
        none(sentAt, answered);
        return;
      }
      sim.after(delay(), what, () -> arrive(what, sentAt, serve, answered));
    }

    private <T> void arrive(
        String what, long sentAt, Supplier<T> serve, Consumer<Optional<T>> answered) {
      if (!isUp() || sim.happens(sim.faults.crash / 2)) {
        if (isUp()) {
          crash();
        }
        none(sentAt, answered);
        return;
      }
      var answer = serve.get();
      if (sim.happens(sim.faults.crash / 2)) {
        crash();
        none(sentAt, answered);
        return;
      }
      var delay = delay();
      if (sim.happens(sim.faults.loss) || sim.now + delay > sentAt + TIMEOUT) {
        none(sentAt, answered);
        return;
      }
      sim.after(delay, "answer to " + what, () -> answered.accept(Optional.of(answer)));
    }

    private <T> void none(long sentAt, Consumer<Optional<T>> answered) {
      sim.after(sentAt + TIMEOUT - sim.now, "no answer", () -> answered.accept(Optional.empty()));
    }
  }

  /// Assigner.java: hears that something has changed, or looks by itself; between its look and what
  /// it writes, anything can happen.
  private static final class Dispatcher extends Part {
    /// A runtime is given one more than it can run.
    private static final int AHEAD = 1;

    private boolean isAwaited;

    Dispatcher(Simulation sim) {
      super(sim, "dispatcher");
    }

    private record Assignment(Task task, Worker runtime) {}

    @Override
    void begin() {
      isAwaited = false;
      look();
      after(LOOK, "dispatcher's timer", this::begin);
    }

    void hear() {
      if (!isAwaited && !sim.happens(sim.faults.loss)) {
        isAwaited = true;
        after(
            sim.between(1, 50),
            "dispatcher hears",
            () -> {
              isAwaited = false;
              look();
            });
      }
    }

    private void look() {
      var assignments = new ArrayList<Assignment>();
      for (var task : sim.store.tasks) {
        if (task.row.state == TaskState.QUEUED && task.row.ready && !task.row.assigned) {
          choose(task).ifPresent(runtime -> assignments.add(new Assignment(task, runtime)));
        }
      }
      if (!assignments.isEmpty()) {
        after(
            sim.between(1, 20),
            "dispatcher assigns",
            () -> assignments.forEach(a -> sim.store.assign(a.task, a.runtime)));
      }
    }

    private Optional<Worker> choose(Task task) {
      var agent = task.terms.agent;
      if (agent.isPinned()) {
        return Optional.of(sim.store.runtimes.get(agent.runtime));
      }
      if (agent.paused) {
        return Optional.empty();
      }
      var fitting =
          sim.store.runtimes.stream()
              .filter(runtime -> runtime.online && agent.fits(runtime) && room(runtime) > 0)
              .toList();
      return fitting.isEmpty()
          ? Optional.empty()
          : Optional.of(fitting.get(sim.random.nextInt(fitting.size())));
    }

    /// AssignStore.java: what waits there and can not run takes nobody's room.
    private int room(Worker runtime) {
      var waiting = 0;
      for (var agent : sim.store.agents) {
        waiting += Math.min(sim.store.roomOf(agent), sim.store.waitingOn(runtime, agent));
      }
      return runtime.cap + AHEAD - sim.store.activeOn(runtime) - waiting;
    }
  }

  /// Sweeper.java.
  private static final class Sweeper extends Part {
    private long checkedAt = Long.MIN_VALUE;
    private long lastAt = Long.MIN_VALUE;

    Sweeper(Simulation sim) {
      super(sim, "sweeper");
    }

    @Override
    void begin() {
      checkedAt = Long.MIN_VALUE;
      after(LOOK, "sweep", this::sweep);
    }

    /// When deadlines were last looked at.
    long lastAt() {
      return lastAt;
    }

    private void sweep() {
      after(LOOK, "sweep", this::sweep);
      if (checkedAt < sim.now - LOOK_AT_RUNTIMES) {
        if (!sim.store.isAwake()) {
          return;
        }
        checkedAt = sim.now;
        sim.store.passRuntimes();
      }
      sim.store.passDeadlines();
      lastAt = sim.now;
    }
  }

  // ---------------------------------------------------------------------------------- the daemons

  /// A process that may die at each of its steps, with a clock that goes wrong.
  private abstract static class Daemon {
    final Simulation sim;
    final Worker runtime;

    /// Nobody will start it again.
    boolean isGone;

    private final double pace;
    private int life;
    private boolean up;

    Daemon(Simulation sim, Worker runtime) {
      this.sim = sim;
      this.runtime = runtime;
      this.pace = 0.6 + sim.random.nextDouble();
    }

    abstract void begin();

    /// What only the process knew is gone.
    abstract void forget();

    final void boot() {
      if (!up && !isGone) {
        up = true;
        life++;
        begin();
      }
    }

    final void comeBack() {
      if (!up && !isGone) {
        after(sim, "", this::boot);
      }
    }

    private static void after(Simulation sim, String what, Runnable action) {
      sim.after(SECOND, what, action);
    }

    final void stop(long pause) {
      up = false;
      life++;
      forget();
      sim.after(pause, this + " boots", this::boot);
    }

    private boolean dies() {
      if (!sim.happens(sim.faults.crash)) {
        return false;
      }
      isGone = sim.happens(0.15);
      sim.tell(() -> "    " + this + (isGone ? " is gone for good" : " crashes"));
      stop(sim.between(SECOND, 120 * SECOND));
      return true;
    }

    /// Does something later, by its own clock.
    final void after(long delay, String what, Runnable action) {
      var mine = life;
      sim.after(
          (long) (delay * pace),
          this + " " + what,
          () -> {
            if (mine == life && !dies()) {
              action.run();
            }
          });
    }

    final <T> void call(String what, Supplier<T> serve, Consumer<Optional<T>> answered) {
      var mine = life;
      sim.network.call(
          this + "'s " + what,
          serve,
          answer -> {
            if (mine == life && !dies()) {
              answered.accept(answer);
            }
          });
    }

    final long workTime() {
      return sim.happens(0.1) ? sim.between(60, 400) * SECOND : sim.between(1, 60) * SECOND;
    }

    @Override
    public String toString() {
      return (runtime.serial ? "seed daemon " : "daemon ") + runtime.id;
    }
  }

  /// A daemon as the seed has it: runs one task after the other, says each thing once, knows of no
  /// generations.
  private static final class SeedDaemon extends Daemon {
    SeedDaemon(Simulation sim, Worker runtime) {
      super(sim, runtime);
    }

    @Override
    void begin() {
      call(
          "register",
          () -> sim.store.register(runtime, ""),
          answer -> {
            if (answer.isEmpty()) {
              after(5 * SECOND, "registers again", this::begin);
            } else {
              beat();
              claim();
            }
          });
    }

    @Override
    void forget() {}

    private void beat() {
      call("beat", () -> sim.store.beat(runtime), _ -> {});
      after(HEARTBEAT, "beats", this::beat);
    }

    private void claim() {
      call(
          "claim",
          () -> sim.store.claim(runtime, "", ""),
          answer -> {
            var claim = answer.flatMap(Store.Claimed::claim);
            if (claim.isPresent()) {
              start(claim.get().task);
            } else {
              after(4 * SECOND, "polls", this::claim);
            }
          });
    }

    private void start(Task task) {
      call(
          "start of task " + task.id,
          () -> sim.store.write(task, Command.START, 0),
          answer -> {
            if (answer.isPresent()
                && (answer.get() instanceof Moves || answer.get() instanceof Repeated)) {
              after(workTime(), "ends task " + task.id, () -> finish(task));
            } else {
              claim();
            }
          });
    }

    private void finish(Task task) {
      call(
          "status of task " + task.id,
          () -> sim.store.isCancelled(task),
          answer -> {
            if (answer.orElse(false)) {
              claim();
              return;
            }
            var report = sim.happens(0.7) ? Command.COMPLETE : Command.FAIL;
            call(
                report + " of task " + task.id,
                () -> sim.store.write(task, report, 0),
                _ -> claim());
          });
    }
  }

  /// A daemon as the module `client` has it: names its claims and its process, keeps a final report
  /// until the server has decided about it, and compares what it runs with each heartbeat.
  private static final class ReferenceDaemon extends Daemon {
    private enum Phase {
      STARTING,
      WORKING,
      REPORTING,
      ENDING
    }

    private record Report(Claim claim, Command kind) {}

    /// On its disk.
    private final List<Report> spool = new ArrayList<>();

    private final Map<Claim, Phase> runs = new LinkedHashMap<>();
    private String process = "";
    private String key = "";
    private int names;
    private boolean stopping;

    ReferenceDaemon(Simulation sim, Worker runtime) {
      super(sim, runtime);
    }

    @Override
    void begin() {
      process = newName();
      key = newName();
      stopping = false;
      replay(List.copyOf(spool));
    }

    @Override
    void forget() {
      runs.clear();
    }

    private String newName() {
      return runtime.id + "-" + ++names;
    }

    /// What an earlier process left goes out before this one registers, which ends what that ran.
    private void replay(List<Report> left) {
      if (left.isEmpty()) {
        register();
        return;
      }
      send(left.getFirst(), () -> replay(left.subList(1, left.size())));
    }

    private void register() {
      call(
          "register",
          () -> sim.store.register(runtime, process),
          answer -> {
            if (answer.isEmpty()) {
              after(2 * SECOND, "registers again", this::register);
              return;
            }
            beat();
            claim();
            if (sim.happens(0.3)) {
              after(sim.between(10, 200) * SECOND, "is to stop", this::leave);
            }
          });
    }

    private void beat() {
      var named = List.copyOf(runs.keySet());
      call(
          "beat",
          () -> sim.store.beat(runtime, process, named),
          answer -> answer.ifPresent(actions -> actions.forEach(this::obey)));
      after(HEARTBEAT, "beats", this::beat);
    }

    private void obey(Claim claim, Store.Action action) {
      var phase = runs.get(claim);
      if (phase != Phase.STARTING && phase != Phase.WORKING) {
        return;
      }
      switch (action) {
        case KEEP -> {}
        case UNKNOWN -> runs.remove(claim);
        case CANCEL -> endBy(claim, Command.ACKNOWLEDGE_CANCEL);
        case REPORT_AGAIN ->
            call(
                "start again of task " + claim.task.id,
                () -> write(claim, Command.START),
                answer -> {
                  if (answer.isPresent() && answer.get() instanceof Fenced) {
                    runs.remove(claim);
                  }
                });
      }
    }

    private Outcome write(Claim claim, Command command) {
      return sim.store.write(claim.task, command, claim.generation);
    }

    /// The agent is killed, and the server is told so.
    private void endBy(Claim claim, Command command) {
      runs.put(claim, Phase.ENDING);
      untilAnswered(claim, command, _ -> runs.remove(claim));
    }

    private void untilAnswered(Claim claim, Command command, Consumer<Outcome> answered) {
      call(
          command + " of task " + claim.task.id,
          () -> write(claim, command),
          answer -> {
            if (answer.isPresent()) {
              answered.accept(answer.get());
            } else {
              after(
                  sim.between(1, 5) * SECOND,
                  "repeats " + command,
                  () -> untilAnswered(claim, command, answered));
            }
          });
    }

    private void claim() {
      if (stopping) {
        return;
      }
      if (runs.size() >= runtime.cap) {
        after(4 * SECOND, "has no slot", this::claim);
        return;
      }
      var own = key;
      call(
          "claim " + own,
          () -> sim.store.claim(runtime, process, own),
          answer -> {
            if (answer.isPresent()) {
              key = newName();
              answer.get().claim.ifPresent(this::start);
            }
            after(4 * SECOND, "claims", this::claim);
          });
    }

    private void start(Claim claim) {
      if (runs.putIfAbsent(claim, Phase.STARTING) != null) {
        return;
      }
      if (stopping) {
        endBy(claim, Command.RELEASE);
        return;
      }
      if (sim.happens(0.2)) {
        call("prepare of task " + claim.task.id, () -> write(claim, Command.PREPARE), _ -> {});
      }
      untilAnswered(
          claim,
          Command.START,
          outcome -> {
            if (runs.get(claim) != Phase.STARTING) {
              return;
            }
            if (outcome instanceof Moves || outcome instanceof Repeated) {
              runs.put(claim, Phase.WORKING);
              after(workTime(), "ends task " + claim.task.id, () -> report(claim));
              say(claim);
            } else {
              runs.remove(claim);
            }
          });
    }

    private void say(Claim claim) {
      if (runs.get(claim) == Phase.WORKING) {
        call(
            "write of task " + claim.task.id,
            () -> write(claim, Command.WRITE),
            answer -> {
              if (answer.isPresent()
                  && answer.get() instanceof Fenced
                  && runs.get(claim) == Phase.WORKING) {
                runs.remove(claim);
              }
            });
        after(20 * SECOND, "says more", () -> say(claim));
      }
    }

    private void report(Claim claim) {
      if (runs.get(claim) != Phase.WORKING) {
        return;
      }
      var luck = sim.random.nextDouble();
      var kind = luck < 0.6 ? Command.COMPLETE : luck < 0.8 ? Command.FAIL : Command.FAIL_RETRIED;
      var report = new Report(claim, kind);
      spool.add(report);
      runs.put(claim, Phase.REPORTING);
      send(report, () -> runs.remove(claim));
    }

    /// Whatever the server decides about a final report, it has decided.
    private void send(Report report, Runnable then) {
      untilAnswered(
          report.claim,
          report.kind,
          _ -> {
            spool.remove(report);
            then.run();
          });
    }

    /// On SIGTERM: gives back what it runs, says goodbye, and is started again some time later.
    private void leave() {
      stopping = true;
      for (var run : List.copyOf(runs.entrySet())) {
        if (run.getValue() == Phase.STARTING || run.getValue() == Phase.WORKING) {
          endBy(run.getKey(), Command.RELEASE);
        }
      }
      after(
          5 * SECOND,
          "says goodbye",
          () ->
              call(
                  "goodbye",
                  () -> sim.store.deregister(runtime),
                  _ -> stop(sim.between(1, 60) * SECOND)));
    }
  }

  // ---------------------------------------------------------------------------------- what must
  // hold

  /// Held against rows and events alone, whatever the store believes of itself.
  private static final class Invariants {
    private final Simulation sim;
    private final List<Row> rows = new ArrayList<>();
    private final List<Integer> told = new ArrayList<>();
    private final Set<Claim> claims = new HashSet<>();
    private final Set<String> keys = new HashSet<>();

    Invariants(Simulation sim) {
      this.sim = sim;
    }

    void require(boolean holds, Supplier<String> what) {
      if (!holds) {
        throw new Violation(what.get());
      }
    }

    /// A claim that is handed out is a new one, and a key makes one claim.
    void granted(Claim claim, String key) {
      require(
          claims.add(claim), () -> "claim " + claim.generation + " exists twice: " + claim.task);
      require(key.isEmpty() || keys.add(key), () -> "key " + key + " has made two claims");
    }

    /// A write under a claim that is over changes nothing.
    void written(Task task, Row before, long generation) {
      var isOver = (generation != 0 && generation != before.generation) || !before.isActive();
      require(
          !isOver || task.row == before,
          () -> "a write of generation " + generation + " made of " + before + " this: " + task);
    }

    void check() {
      var changed = false;
      var tasks = sim.store.tasks;
      for (var i = 0; i < tasks.size(); i++) {
        var task = tasks.get(i);
        if (i == rows.size()) {
          rows.add(task.row);
          told.add(1);
        }
        if (task.row != rows.get(i)) {
          compare(task, rows.get(i), task.log.subList(told.get(i), task.log.size()));
          rows.set(i, task.row);
          told.set(i, task.log.size());
          changed = true;
        }
        require(
            Math.max(task.row.deadline.at, task.boundAt) >= sim.sweeper.lastAt(),
            () -> "a sweep has passed over " + task);
      }
      if (changed) {
        checkCaps(tasks);
      }
    }

    private void compare(Task task, Row before, List<Logged> events) {
      require(!before.state.isFinal(), () -> "it was over: " + before + ", and became " + task);
      var row = task.row;
      var seq = before.seq;
      var state = before.state;
      var generation = before.generation;
      for (var event : events) {
        var was = state;
        require(event.seq == ++seq, () -> "event " + event + " is out of order: " + task);
        require(was.canBecome(event.state), () -> was + " became " + event.state + ": " + task);
        if (event.state == TaskState.DISPATCHED) {
          require(was != TaskState.RUNNING, () -> "claimed while " + was + ": " + task);
          require(
              was == TaskState.QUEUED || before.runtime == row.runtime,
              () -> "claimed by another while " + was + ": " + task);
          generation++;
        }
        state = event.state;
        var expected = generation;
        require(
            event.generation == expected, () -> "the generation is not " + expected + ": " + task);
      }
      require(
          row.seq == seq && row.state == state && row.generation == generation,
          () -> "a change was not told: from " + before + " to " + task);
      require(
          row.attempt == before.attempt
              || (row.state == TaskState.QUEUED && row.attempt <= task.terms.maxAttempts),
          () -> "too many attempts: " + task);
      require(
          !before.cancelRequested
              || row.state == TaskState.RUNNING
              || row.state == TaskState.CANCELLED,
          () -> "a cancel was forgotten: " + task);
      require(row.deadline.due.fits(row), () -> "the deadline is of another state: " + task);
    }

    private void checkCaps(List<Task> tasks) {
      for (var task : tasks) {
        if (task.row.isActive()) {
          var runtime = sim.store.runtimes.get(task.row.runtime);
          var agent = task.terms.agent;
          require(
              sim.store.activeOn(runtime) <= runtime.cap, () -> "runtime is over its cap: " + task);
          require(
              sim.store.active(other -> other.terms.agent == agent) <= agent.cap,
              () -> "agent is over its cap: " + task);
          require(
              sim.store.active(other -> other.terms.isSameWork(task.terms)) == 1,
              () -> "an issue's work is done twice at once: " + task);
        }
      }
    }

    /// Each task's story is whole, and ends once.
    void finish() {
      for (var task : sim.store.tasks) {
        var ends = task.log.stream().filter(event -> event.state.isFinal()).count();
        require(ends == (task.row.state.isFinal() ? 1 : 0), () -> ends + " ends: " + task);
        require(task.row.seq == task.log.size(), () -> "events are missing: " + task);
      }
    }
  }
}
