package dev.muster.tasks.simulation;

/// Something that stops between two of its steps, and starts again.
abstract class Part {
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
    sim.after(
        sim.between(Simulation.SECOND, 60 * Simulation.SECOND), name + " restarts", this::restart);
  }

  /// Does something as this process, which may die in the midst of it.
  final void obey(Runnable action) {
    try {
      action.run();
    } catch (Crash _) {
      sim.tell(() -> "    " + name + " was not through with it");
    }
    if (sim.server.takeCrash() && up) {
      crash();
    }
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
          if (sim.happens(sim.faults.crash())) {
            crash();
            return;
          }
          obey(action);
        });
  }

  @Override
  public final String toString() {
    return name;
  }
}
