package dev.muster.tasks.simulation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A run: the agenda, the clock, and all that take part.
final class Simulation {
  static final long SECOND = 1_000;

  /// By then, without faults, everything must have come to its end.
  private static final long SETTLED = 3_600 * SECOND;

  /// What is under way when all tasks are over arrives within this.
  private static final long STRAGGLERS = 65 * SECOND;

  private static final int TRACE_MAX = 80;

  final SplittableRandom random;
  final Set<String> seen;
  Faults faults;
  long now;
  private final ArrayDeque<String> trace = new ArrayDeque<>();
  private final boolean tracing;
  private final PriorityQueue<Step> agenda = new PriorityQueue<>();
  private long order;
  private @Nullable Violation violation;

  final Server server;
  final Network network;
  final Dispatcher dispatcher;
  final Sweeper sweeper;
  final Invariants invariants;
  final List<Daemon> daemons = new ArrayList<>();

  private record Step(long at, long order, String what, Runnable action)
      implements Comparable<Step> {
    @Override
    public int compareTo(Step other) {
      return at == other.at ? Long.compare(order, other.order) : Long.compare(at, other.at);
    }
  }

  Simulation(long seed, boolean tracing, Set<String> seen) {
    // Neighbouring seeds of this generator are not alike, so the seed needs no mixing.
    this.random = new SplittableRandom(seed);
    this.tracing = tracing;
    this.seen = seen;
    this.faults = Faults.some(random);
    this.server = new Server(this);
    this.network = new Network(this);
    this.dispatcher = new Dispatcher(this);
    this.sweeper = new Sweeper(this);
    this.invariants = new Invariants(this);
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
    server.tick();
    tell(step::what);
    step.action.run();
    if (violation != null) {
      throw violation;
    }
    invariants.check();
  }

  /// No more faults; what had crashed comes back, unless it is gone for good.
  private void calm() {
    faults = Faults.NONE;
    server.instances().forEach(Part::restart);
    dispatcher.restart();
    sweeper.restart();
    daemons.forEach(Daemon::comeBack);
  }

  private boolean isSettled() {
    return server.rows().tasks.values().stream()
        .allMatch(task -> task.state().isFinal() || server.waitsForGood(task));
  }

  private String unsettled() {
    return server.rows().tasks.values().stream()
        .filter(task -> !task.state().isFinal() && !server.waitsForGood(task))
        .map(Object::toString)
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

  /// Fails the run at the end of this step: for those who are called where errors are caught.
  void require(boolean holds, Supplier<String> what) {
    if (!holds && violation == null) {
      violation = new Violation(what.get());
    }
  }

  List<String> trace() {
    return List.copyOf(trace);
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
