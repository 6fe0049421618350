package dev.muster.tasks.simulation;

import static dev.muster.tasks.simulation.Simulation.SECOND;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;

/// A process that may die at each of its steps, with a clock that goes wrong.
abstract class Daemon {
  static final long HEARTBEAT = 15 * SECOND;

  final Simulation sim;
  final Worker worker;
  final WorkerRoutes routes;

  /// Nobody will start it again.
  boolean isGone;

  private final double pace;
  private int life;
  private boolean up;

  Daemon(Simulation sim, Worker worker) {
    this.sim = sim;
    this.worker = worker;
    this.routes = new WorkerRoutes(sim);
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
      sim.after(SECOND, this + " comes back", this::boot);
    }
  }

  final void stop(long pause) {
    up = false;
    life++;
    forget();
    sim.after(pause, this + " boots", this::boot);
  }

  private boolean dies() {
    if (!sim.happens(sim.faults.crash())) {
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

  final <T> void call(
      String what, Function<Instance, CompletableFuture<T>> serve, Consumer<Optional<T>> answered) {
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
    return (worker.isSerial ? "seed daemon " : "daemon ") + worker.index;
  }
}
