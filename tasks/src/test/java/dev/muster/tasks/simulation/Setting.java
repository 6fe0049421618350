package dev.muster.tasks.simulation;

import static dev.muster.tasks.simulation.Simulation.SECOND;

import dev.muster.events.id.AgentId;
import dev.muster.events.id.RuntimeId;
import dev.muster.tasks.command.Limits;
import dev.muster.tasks.decide.Intake;
import dev.muster.tasks.decide.Situation.AgentFacts;
import dev.muster.tasks.decide.Situation.RuntimeFacts;
import dev.muster.tasks.decide.Visibility;
import dev.muster.tasks.memory.Rows;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// What there is in a run: runtimes with their daemons, agents, people, and locks of others.
record Setting(Simulation sim) {
  private static final List<String> PROVIDERS = List.of("claude", "codex");

  void arrange() {
    sim.server.begin();
    for (int index = 0, count = (int) sim.between(1, 4); index < count; index++) {
      runtime(index);
    }
    for (int index = 0, count = (int) sim.between(1, 3); index < count; index++) {
      agent(index);
    }
    new People(sim).arrange();
    for (int i = 0, count = (int) sim.between(0, 20); i < count; i++) {
      sim.after(sim.between(0, 240 * SECOND), "somebody locks rows", sim.server::holdSomething);
    }
    sim.daemons.forEach(
        daemon -> sim.after(sim.between(0, 5 * SECOND), daemon + " boots", daemon::boot));
    sim.dispatcher.restart();
    sim.sweeper.restart();
    sim.server.instances().forEach(Part::restart);
  }

  private void runtime(int index) {
    var isSerial = sim.happens(0.5);
    var cap = isSerial ? 1 : (int) sim.between(1, 3);
    var worker = new Worker(new RuntimeId(new UUID(1, index)), index, cap, isSerial);
    sim.server.workers().add(worker);
    sim.server
        .rows()
        .runtimes
        .put(
            worker.id,
            new Rows.RuntimeRow(
                new RuntimeFacts(
                    worker.id,
                    Server.WORKSPACE,
                    null,
                    Intake.OPEN,
                    cap,
                    isSerial,
                    PROVIDERS.get(sim.random.nextInt(PROVIDERS.size())),
                    Map.of()),
                false,
                false));
    sim.daemons.add(isSerial ? new SerialDaemon(sim, worker) : new ReferenceDaemon(sim, worker));
  }

  private void agent(int index) {
    var workers = sim.server.workers();
    var worker = workers.get(sim.random.nextInt(workers.size()));
    var isPinned = sim.happens(0.5);
    var id = new AgentId(new UUID(2, index));
    sim.server
        .rows()
        .agents
        .put(
            id,
            new AgentFacts(
                id,
                Server.WORKSPACE,
                isPinned ? worker.id : null,
                isPinned ? null : sim.server.row(worker).facts().provider(),
                "{}",
                Map.of(),
                "agent " + index,
                "{}",
                sim.happens(0.05) ? Intake.PAUSED : Intake.OPEN,
                Visibility.WORKSPACE,
                null,
                (int) sim.between(1, 3),
                sim.happens(0.2) ? (int) sim.between(1, 6) : null,
                null,
                null,
                sim.happens(0.1) ? sim.server.rows().now.plusSeconds(sim.between(10, 200)) : null,
                new Limits(
                    sim.happens(0.1) ? (int) sim.between(20, 200) : null,
                    sim.happens(0.1) ? (int) sim.between(20, 100) : null),
                null));
  }
}
