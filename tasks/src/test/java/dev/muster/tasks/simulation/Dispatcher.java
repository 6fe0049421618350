package dev.muster.tasks.simulation;

import static dev.muster.tasks.simulation.Simulation.SECOND;

import dev.muster.tasks.command.TaskCommand;
import dev.muster.tasks.memory.MemoryAssignments;
import org.springframework.dao.DataAccessException;

/// Hears that something has changed, or looks by itself; between its look and what it writes,
/// anything can happen.
final class Dispatcher extends Part {
  private static final long LOOK = SECOND;
  private boolean isAwaited;

  Dispatcher(Simulation sim) {
    super(sim, "dispatcher");
  }

  @Override
  void begin() {
    isAwaited = false;
    look();
    after(LOOK, "dispatcher's timer", this::begin);
  }

  void hear() {
    if (isUp() && !isAwaited && !sim.happens(sim.faults.loss())) {
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
    var chosen = new MemoryAssignments(sim.server.rows()).look();
    if (!chosen.isEmpty()) {
      after(
          sim.between(1, 20),
          "dispatcher assigns",
          () -> {
            try {
              var _ = sim.server.within(new TaskCommand.Assign(chosen));
              chosen.values().forEach(sim.server.any()::wake);
            } catch (DataAccessException e) {
              sim.tell(() -> "    the dispatcher waits: " + e.getMessage());
            }
          });
    }
  }
}
