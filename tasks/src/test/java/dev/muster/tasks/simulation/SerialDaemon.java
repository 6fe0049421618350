package dev.muster.tasks.simulation;

import static dev.muster.tasks.simulation.Simulation.SECOND;

import dev.muster.events.id.TaskId;
import dev.muster.events.task.FailureReason;
import dev.muster.tasks.command.ReportAnswer;
import dev.muster.tasks.command.Said;

/// A daemon as Multica has it: runs one task after the other, says each thing once, knows of no
/// generations.
final class SerialDaemon extends Daemon {
  SerialDaemon(Simulation sim, Worker worker) {
    super(sim, worker);
  }

  @Override
  void begin() {
    call(
        "register",
        _ -> routes.register(worker, ""),
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
    call("beat", _ -> routes.beat(worker), _ -> {});
    after(HEARTBEAT, "beats", this::beat);
  }

  private void claim() {
    call(
        "claim",
        instance -> routes.claim(instance, worker, "", "", 0),
        answer -> {
          var claim = answer.flatMap(WorkerRoutes.Claimed::claim);
          if (claim.isPresent()) {
            start(claim.get().task());
          } else {
            after(4 * SECOND, "polls", this::claim);
          }
        });
  }

  private void start(TaskId task) {
    call(
        "start of " + task,
        instance -> routes.write(instance, task, null, new Said.Start()),
        answer -> {
          if (answer.isPresent() && answer.get() instanceof ReportAnswer.Accepted) {
            after(workTime(), "ends " + task, () -> finish(task));
          } else {
            claim();
          }
        });
  }

  private void finish(TaskId task) {
    if (routes.isCancelled(task)) {
      claim();
      return;
    }
    var end =
        sim.happens(0.7)
            ? new Said.Complete("{}", "done", new Said.LeftSession("s", "/w"))
            : new Said.Fail(FailureReason.AGENT_ERROR, "broken", Said.LeftSession.NONE);
    call("report of " + task, instance -> routes.write(instance, task, null, end), _ -> claim());
  }
}
