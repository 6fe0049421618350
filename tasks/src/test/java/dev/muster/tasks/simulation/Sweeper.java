package dev.muster.tasks.simulation;

import static dev.muster.tasks.simulation.Simulation.SECOND;

import dev.muster.tasks.command.TaskCommand;
import dev.muster.tasks.memory.Rows;
import java.time.Duration;
import java.time.Instant;
import org.springframework.dao.DataAccessException;

/// Keeps the deadlines, if anybody can be held to one.
final class Sweeper extends Part {
  private static final long LOOK = SECOND;
  private static final long LOOK_AT_RUNTIMES = 5 * SECOND;

  /// A pause of the servers that is too short to have hurt anybody.
  private static final long AWAY = 20 * SECOND;

  private long checkedAt = Long.MIN_VALUE;
  private Instant lastAt = Instant.MIN;
  private long sweptAt;

  Sweeper(Simulation sim) {
    super(sim, "sweeper");
  }

  @Override
  void begin() {
    checkedAt = Long.MIN_VALUE;
    after(LOOK, "sweep", this::sweep);
  }

  /// When deadlines were last looked at.
  Instant lastAt() {
    return lastAt;
  }

  private void sweep() {
    after(LOOK, "sweep", this::sweep);
    if (sim.server.store().isAnythingLocked()) {
      return;
    }
    if (checkedAt < sim.now - LOOK_AT_RUNTIMES) {
      if (!isAwake()) {
        return;
      }
      checkedAt = sim.now;
      passRuntimes();
    }
    try {
      pass();
      lastAt = sim.server.rows().now;
    } catch (DataAccessException e) {
      sim.tell(() -> "    the sweeper waits: " + e.getMessage());
    }
  }

  private void pass() {
    sim.server.bounds().keepActive();
    var overdue = sim.server.bounds().overdue();
    if (overdue.isEmpty()) {
      return;
    }
    var reasons =
        overdue.stream().map(id -> String.valueOf(sim.server.task(id).deadline())).toList();
    var meaningless = sim.server.within(new TaskCommand.PassDeadlines(overdue));
    sim.require(meaningless.isEmpty(), () -> "deadlines without a meaning: " + meaningless);
    reasons.forEach(reason ->
        sim.seen.add(
            "passed: " + reason.substring(reason.indexOf("reason=") + 7, reason.length() - 1)));
  }

  private void passRuntimes() {
    var silence = sim.server.deadlines().silence().toMillis();
    for (var worker : sim.server.workers()) {
      var row = sim.server.row(worker);
      if (row.isOnline() && worker.lastSeen < sim.now - silence) {
        sim.server.rows().runtimes.put(worker.id, new Rows.RuntimeRow(row.facts(), false, false));
        sim.server.bounds().giveBackAssigned(worker.id);
      }
      if (!sim.server.row(worker).isOnline()) {
        sim.server.bounds().boundRuns(worker.id);
      }
    }
  }

  private boolean isAwake() {
    if (sim.server.apiSeenAt() <= sim.now - AWAY) {
      return false;
    }
    var away = sim.now - Math.min(sweptAt, sim.server.apiSeenAt());
    sweptAt = sim.now;
    if (away < AWAY) {
      return true;
    }
    sim.server.workers().stream()
        .filter(worker -> sim.server.row(worker).isOnline())
        .forEach(worker -> worker.lastSeen = sim.now);
    sim.server.bounds().putOff(Duration.ofMillis(away));
    return false;
  }
}
