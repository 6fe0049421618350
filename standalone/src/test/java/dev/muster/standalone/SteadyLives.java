package dev.muster.standalone;

import dev.muster.standalone.guarantee.Guarantees;
import dev.muster.standalone.guarantee.Seen;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/// Tasks at a steady pace, each of which is made, claimed, started and completed by one of a few
/// workers, who notes how long that took. Each worker has a runtime and an agent of its own.
final class SteadyLives {
  private static final int WORKERS = 4;
  private static final Duration PACE = Duration.ofMillis(200);

  private final Api api;
  private final UUID workspace;
  private final Guarantees guarantees;
  private final List<UUID> runtimes = new ArrayList<>();
  private final List<UUID> agents = new ArrayList<>();

  SteadyLives(Api api, Guarantees guarantees) {
    this.api = api;
    this.guarantees = guarantees;
    this.workspace = api.newWorkspace();
    for (var worker = 0; worker < WORKERS; worker++) {
      var runtime = api.newRuntime(workspace, "steady-" + worker, "claude", 1);
      runtimes.add(runtime);
      agents.add(api.newAgent(workspace, runtime, 1));
    }
  }

  UUID workspace() {
    return workspace;
  }

  /// Lives for so long. Returns how long each took, in milliseconds, the shortest first.
  ///
  /// @throws AssertionError if a call was refused
  List<Long> run(Duration time) throws InterruptedException {
    Queue<Long> took = new ConcurrentLinkedQueue<>();
    Queue<Throwable> failed = new ConcurrentLinkedQueue<>();
    var until = System.nanoTime() + time.toNanos();
    var threads = new ArrayList<Thread>();
    for (var worker = 0; worker < WORKERS; worker++) {
      var runtime = runtimes.get(worker);
      var agent = agents.get(worker);
      threads.add(
          Thread.ofVirtual()
              .start(() -> {
                while (System.nanoTime() < until && failed.isEmpty()) {
                  var begun = System.nanoTime();
                  try {
                    live(runtime, agent);
                  } catch (RuntimeException | AssertionError e) {
                    failed.add(e);
                  }
                  var nanos = System.nanoTime() - begun;
                  took.add(nanos / 1_000_000);
                  LockSupport.parkNanos(PACE.toNanos() - nanos);
                }
              }));
    }
    for (var thread : threads) {
      thread.join();
    }
    if (!failed.isEmpty()) {
      throw new AssertionError("a task's life was disturbed", failed.peek());
    }
    return took.stream().sorted().toList();
  }

  private void live(UUID runtime, UUID agent) {
    var task =
        Api.id(
            api.post(
                    "/api/tasks?workspace_id=" + workspace,
                    "{\"title\":\"Work\",\"agent_id\":\"%s\"}".formatted(agent))
                .ok());
    guarantees.created(task);
    var claimed = api.claim(runtime, 20);
    var claim =
        new Seen.Claim(Api.id(claimed), claimed.get("claim_generation").asLong(), runtime, "");
    guarantees.saw(Seen.What.CLAIMED, claim);
    api.start(task).ok();
    guarantees.saw(Seen.What.STARTED, claim);
    api.complete(task, "done").ok();
    guarantees.saw(Seen.What.COMPLETED, claim);
  }
}
