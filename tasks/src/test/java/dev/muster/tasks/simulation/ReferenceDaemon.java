package dev.muster.tasks.simulation;

import static dev.muster.tasks.simulation.Simulation.SECOND;

import dev.muster.events.task.FailureReason;
import dev.muster.tasks.command.ReportAnswer;
import dev.muster.tasks.command.Said;
import dev.muster.tasks.memory.MemoryDeadlines.Action;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/// A daemon as the module `client` has it: names its claims and its process, lets claims wait,
/// keeps a final report until the server has decided about it, and compares what it runs with each
/// heartbeat.
final class ReferenceDaemon extends Daemon {
  private enum Phase {
    STARTING,
    WORKING,
    REPORTING,
    ENDING
  }

  private record FinalReport(Claim claim, Said said) {}

  /// On its disk.
  private final List<FinalReport> spool = new ArrayList<>();

  private final Map<Claim, Phase> runs = new LinkedHashMap<>();
  private String process = "";
  private String key = "";
  private int names;
  private boolean isStopping;

  ReferenceDaemon(Simulation sim, Worker worker) {
    super(sim, worker);
  }

  @Override
  void begin() {
    process = newName();
    key = newName();
    isStopping = false;
    replay(List.copyOf(spool));
  }

  @Override
  void forget() {
    runs.clear();
  }

  private String newName() {
    return worker.index + "-" + ++names;
  }

  /// What an earlier process left goes out before this one registers, which ends what that ran.
  private void replay(List<FinalReport> left) {
    if (left.isEmpty()) {
      register();
      return;
    }
    send(left.getFirst(), () -> replay(left.subList(1, left.size())));
  }

  private void register() {
    call(
        "register",
        _ -> routes.register(worker, process),
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
        _ -> routes.beat(worker, process, named),
        answer -> answer.ifPresent(actions -> actions.forEach(this::obey)));
    after(HEARTBEAT, "beats", this::beat);
  }

  private void obey(Claim claim, Action action) {
    var phase = runs.get(claim);
    if (phase != Phase.STARTING && phase != Phase.WORKING) {
      return;
    }
    switch (action) {
      case KEEP -> {}
      case UNKNOWN -> runs.remove(claim);
      case CANCEL -> endBy(claim, new Said.AcknowledgeCancel());
      case REPORT_AGAIN ->
          call(
              "start again of " + claim,
              instance -> write(instance, claim, new Said.Start()),
              answer -> {
                if (answer.isPresent() && answer.get() instanceof ReportAnswer.Fenced) {
                  runs.remove(claim);
                }
              });
    }
  }

  private CompletableFuture<ReportAnswer> write(Instance instance, Claim claim, Said said) {
    return routes.write(instance, claim.task(), claim.generation(), said);
  }

  /// The agent is killed, and the server is told so.
  private void endBy(Claim claim, Said said) {
    runs.put(claim, Phase.ENDING);
    untilAnswered(claim, said, _ -> runs.remove(claim));
  }

  private void untilAnswered(Claim claim, Said said, Consumer<ReportAnswer> answered) {
    call(
        said.getClass().getSimpleName() + " of " + claim,
        instance -> write(instance, claim, said),
        answer -> {
          if (answer.isPresent()) {
            answered.accept(answer.get());
          } else {
            after(
                sim.between(1, 5) * SECOND,
                "says it again",
                () -> untilAnswered(claim, said, answered));
          }
        });
  }

  private void claim() {
    if (isStopping) {
      return;
    }
    if (runs.size() >= worker.cap) {
      after(4 * SECOND, "has no slot", this::claim);
      return;
    }
    var own = key;
    var wait = sim.happens(0.7) ? sim.between(1, 20) * SECOND : 0;
    call(
        "claim " + own,
        instance -> routes.claim(instance, worker, process, own, wait),
        answer -> {
          if (answer.isPresent()) {
            key = newName();
            answer.get().claim().ifPresent(this::start);
          }
          after(answer.isPresent() && wait > 0 ? 1 : 4 * SECOND, "claims", this::claim);
        });
  }

  private void start(Claim claim) {
    if (runs.putIfAbsent(claim, Phase.STARTING) != null) {
      return;
    }
    if (isStopping) {
      endBy(claim, new Said.Release());
      return;
    }
    if (sim.happens(0.2)) {
      call("prepare of " + claim, instance -> write(instance, claim, new Said.Prepare()), _ -> {});
    }
    untilAnswered(
        claim,
        new Said.Start(),
        answer -> {
          if (runs.get(claim) != Phase.STARTING) {
            return;
          }
          if (answer instanceof ReportAnswer.Accepted) {
            runs.put(claim, Phase.WORKING);
            after(workTime(), "ends " + claim, () -> report(claim));
            say(claim);
          } else {
            runs.remove(claim);
          }
        });
  }

  private void say(Claim claim) {
    if (runs.get(claim) == Phase.WORKING) {
      call(
          "session of " + claim,
          instance ->
              write(instance, claim, new Said.KeepSession(new Said.LeftSession("s1", "/w"))),
          answer -> {
            if (answer.isPresent()
                && answer.get() instanceof ReportAnswer.Fenced
                && runs.get(claim) == Phase.WORKING) {
              runs.remove(claim);
            }
          });
      if (!sim.happens(0.1)) {
        after(20 * SECOND, "says more", () -> say(claim));
      }
    }
  }

  private void report(Claim claim) {
    if (runs.get(claim) != Phase.WORKING) {
      return;
    }
    var luck = sim.random.nextDouble();
    var left = new Said.LeftSession("s2", "/w");
    var said =
        luck < 0.6
            ? new Said.Complete("{\"ok\":true}", "done", left)
            : new Said.Fail(
                luck < 0.8 ? FailureReason.AGENT_ERROR : FailureReason.PROVIDER_UNAVAILABLE,
                "broken",
                left);
    var report = new FinalReport(claim, said);
    spool.add(report);
    runs.put(claim, Phase.REPORTING);
    send(report, () -> runs.remove(claim));
  }

  /// Whatever the server decides about a final report, it has decided.
  private void send(FinalReport report, Runnable then) {
    untilAnswered(
        report.claim(),
        report.said(),
        _ -> {
          spool.remove(report);
          then.run();
        });
  }

  /// On SIGTERM: gives back what it runs, says goodbye, and is started again some time later.
  private void leave() {
    isStopping = true;
    for (var run : List.copyOf(runs.entrySet())) {
      if (run.getValue() == Phase.STARTING || run.getValue() == Phase.WORKING) {
        endBy(run.getKey(), new Said.Release());
      }
    }
    after(
        5 * SECOND,
        "says goodbye",
        () ->
            call(
                "goodbye", _ -> routes.deregister(worker), _ -> stop(sim.between(1, 60) * SECOND)));
  }
}
