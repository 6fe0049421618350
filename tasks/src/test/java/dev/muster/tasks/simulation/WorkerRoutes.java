package dev.muster.tasks.simulation;

import dev.muster.events.id.TaskId;
import dev.muster.events.task.FailureReason;
import dev.muster.tasks.command.ClaimAnswer;
import dev.muster.tasks.command.ReportAnswer;
import dev.muster.tasks.command.RequestKey;
import dev.muster.tasks.command.Said;
import dev.muster.tasks.command.TaskCommand;
import dev.muster.tasks.decide.Situation.RuntimeFacts;
import dev.muster.tasks.memory.MemoryDeadlines.Action;
import dev.muster.tasks.memory.Rows;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// What daemons ask an instance for: what the routes of `api` do beside the commands.
final class WorkerRoutes {
  private final Simulation sim;

  WorkerRoutes(Simulation sim) {
    this.sim = sim;
  }

  /// What a claim is answered.
  ///
  /// @param isRefused whether its key's claim is over, or its process was replaced
  record Claimed(Optional<Claim> claim, boolean isRefused) {
    static final Claimed NOTHING = new Claimed(Optional.empty(), false);
    static final Claimed REFUSED = new Claimed(Optional.empty(), true);
  }

  /// @param key empty where the daemon sends none
  CompletableFuture<Claimed> claim(
      Instance instance, Worker worker, String process, String key, long wait) {
    if (!speaksFor(worker, process)) {
      return CompletableFuture.completedFuture(Claimed.REFUSED);
    }
    see(worker);
    var command =
        new TaskCommand.Claim(
            worker.id,
            Server.WORKSPACE,
            process.isEmpty() ? null : process,
            key.isEmpty() ? null : new RequestKey(key, "claim"),
            true);
    return instance
        .claim(command, wait)
        .thenCompose(answer -> {
          sim.seen.add("Claim " + answer.getClass().getSimpleName());
          return switch (answer) {
            case ClaimAnswer.Claimed(var task) -> {
              var claim = new Claim(new TaskId(task.id()), task.claimGeneration());
              sim.invariants.granted(claim, key);
              yield done(new Claimed(Optional.of(claim), false));
            }
            case ClaimAnswer.Nothing _ -> done(Claimed.NOTHING);
            case ClaimAnswer.MadeBefore(var task, var generation) ->
                again(instance, task, generation);
            case ClaimAnswer.KeyMisused _ -> done(Claimed.REFUSED);
          };
        });
  }

  private static CompletableFuture<Claimed> done(Claimed answer) {
    return CompletableFuture.completedFuture(answer);
  }

  private static CompletableFuture<Claimed> again(Instance instance, TaskId task, long generation) {
    return instance
        .ask(new TaskCommand.Repeat(task, generation))
        .thenApply(held ->
            held.map(view -> new Claim(task, view.claimGeneration()))
                .map(claim -> new Claimed(Optional.of(claim), false))
                .orElse(Claimed.REFUSED));
  }

  /// @param generation null for a daemon that does not know of it
  CompletableFuture<ReportAnswer> write(
      Instance instance, TaskId task, @Nullable Long generation, Said said) {
    var report = new TaskCommand.Report(task, List.of(Server.WORKSPACE.value()), generation, said);
    return instance
        .ask(report)
        .thenApply(answer -> {
          sim.seen.add(said.getClass().getSimpleName() + " " + answer.getClass().getSimpleName());
          sim.require(
              !(answer instanceof ReportAnswer.Accepted(var view))
                  || generation == null
                  || view.claimGeneration() == generation,
              () -> "a write of generation " + generation + " was taken: " + answer);
          if (said instanceof Said.KeepSession && answer instanceof ReportAnswer.Accepted) {
            sim.server.rows().heard.put(task, sim.server.rows().now);
          }
          return answer;
        });
  }

  /// How daemons that know of no heartbeat's answer learn of a cancel.
  boolean isCancelled(TaskId id) {
    var task = sim.server.task(id);
    return task.isCancelRequested() || task.end().reason() == FailureReason.CANCELLED;
  }

  /// The newest process speaks for a runtime, and what an older one ran is over.
  private boolean speaksFor(Worker worker, String process) {
    if (process.isEmpty() || process.equals(worker.process)) {
      return true;
    }
    if (worker.superseded.contains(process)) {
      return false;
    }
    if (!worker.process.isEmpty()) {
      endActive(worker, FailureReason.RUNTIME_RESTARTED);
      worker.superseded.add(worker.process);
    }
    worker.process = process;
    put(worker, sim.server.row(worker).isOnline());
    return true;
  }

  private void put(Worker worker, boolean isOnline) {
    var facts = sim.server.row(worker).facts();
    sim.server
        .rows()
        .runtimes
        .put(
            worker.id,
            new Rows.RuntimeRow(
                new RuntimeFacts(
                    facts.id(),
                    facts.workspace(),
                    worker.process.isEmpty() ? null : worker.process,
                    facts.intake(),
                    facts.maxConcurrentTasks(),
                    facts.isSerial(),
                    facts.provider(),
                    facts.labels()),
                isOnline,
                false));
  }

  private void endActive(Worker worker, FailureReason reason) {
    var _ = sim.server.within(new TaskCommand.EndActive(List.of(worker.id), reason));
  }

  /// Returns false to a process that has been replaced.
  CompletableFuture<Boolean> register(Worker worker, String process) {
    var isKnown = !process.isEmpty() && process.equals(worker.process);
    if (!speaksFor(worker, process)) {
      return CompletableFuture.completedFuture(false);
    }
    if (!isKnown) {
      endActive(worker, FailureReason.RUNTIME_RESTARTED);
    }
    see(worker);
    return CompletableFuture.completedFuture(true);
  }

  CompletableFuture<Boolean> deregister(Worker worker) {
    endActive(worker, FailureReason.RUNTIME_STOPPED);
    put(worker, false);
    sim.server.bounds().giveBackAssigned(worker.id);
    return CompletableFuture.completedFuture(true);
  }

  private void see(Worker worker) {
    worker.lastSeen = sim.now;
    if (!sim.server.row(worker).isOnline()) {
      put(worker, true);
      sim.dispatcher.hear();
      sim.server.bounds().unboundRuns(worker.id);
    }
  }

  /// For a daemon that says nothing of what it runs.
  CompletableFuture<Boolean> beat(Worker worker) {
    see(worker);
    return CompletableFuture.completedFuture(true);
  }

  CompletableFuture<Map<Claim, Action>> beat(Worker worker, String process, List<Claim> named) {
    var actions = new LinkedHashMap<Claim, Action>();
    if (speaksFor(worker, process)) {
      see(worker);
      var generations = new LinkedHashMap<TaskId, Long>();
      named.forEach(claim -> generations.put(claim.task(), claim.generation()));
      var answers = sim.server.bounds().reconcile(worker.id, generations);
      named.forEach(claim -> {
        var action = answers.get(claim.task());
        if (action != null) {
          actions.put(claim, action);
        }
      });
    }
    return CompletableFuture.completedFuture(actions);
  }
}
