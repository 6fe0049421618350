package dev.muster.standalone;

import dev.muster.standalone.guarantee.Guarantees;
import dev.muster.standalone.guarantee.Seen;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Runtimes that work as fast as they can: each worker claims, starts and completes, and makes a
/// call again, at the next api, until it is answered. A worker that is told that its claim is over
/// forgets the task.
final class Fleet implements Crew {
  private static final int CLAIM_WAIT_SECONDS = 2;
  private static final long PAUSE_NANOS = 50_000_000;
  private static final long HEARTBEAT_NANOS = 1_000_000_000;

  private final List<Api> apis;
  private final Guarantees guarantees;
  private final List<Thread> threads = new ArrayList<>();
  private final Map<UUID, Seen.Claim> held = new ConcurrentHashMap<>();
  private final Set<UUID> completed = ConcurrentHashMap.newKeySet();
  private final List<String> refusals = new CopyOnWriteArrayList<>();
  private volatile boolean open = true;

  /// @param apis where to call; the next one when one does not answer
  Fleet(List<Api> apis, List<UUID> runtimes, int slots, Guarantees guarantees) {
    this.apis = List.copyOf(apis);
    this.guarantees = guarantees;
    for (var runtime : runtimes) {
      threads.add(Thread.ofVirtual().start(() -> beat(runtime)));
      for (var slot = 0; slot < slots; slot++) {
        var worker = new Worker(runtime, "slot " + slot, slot);
        threads.add(Thread.ofVirtual().start(worker::work));
      }
    }
  }

  @Override
  public int completed() {
    return completed.size();
  }

  @Override
  public boolean holds(UUID task) {
    return held.containsKey(task);
  }

  @Override
  public List<String> refusals() {
    return refusals;
  }

  /// Says which tasks the runtime runs, whether or not anybody hears it.
  private void beat(UUID runtime) {
    for (var beat = 0; open; beat++) {
      try {
        var running =
            held.values().stream()
                .filter(claim -> claim.runtime().equals(runtime))
                .map(claim ->
                    "{\"id\":\"%s\",\"claim_generation\":%d}"
                        .formatted(claim.task(), claim.generation()))
                .collect(Collectors.joining(","));
        apis.get(beat % apis.size())
            .post(
                "/api/daemon/heartbeat",
                "{\"runtime_id\":\"%s\",\"running_tasks\":[%s]}".formatted(runtime, running));
      } catch (RuntimeException e) {
        // The next one follows.
      }
      LockSupport.parkNanos(HEARTBEAT_NANOS);
    }
  }

  /// One of a runtime's slots.
  private final class Worker {
    private final UUID runtime;
    private final String slot;
    private int api;

    Worker(UUID runtime, String slot, int api) {
      this.runtime = runtime;
      this.slot = slot;
      this.api = api;
    }

    void work() {
      while (open) {
        claim()
            .ifPresent(claim -> {
              held.put(claim.task(), claim);
              run(claim);
              held.remove(claim.task(), claim);
            });
      }
    }

    private Optional<Seen.Claim> claim() {
      var key = UUID.randomUUID().toString();
      return insist(api ->
              api.post(
                  "/api/daemon/runtimes/%s/tasks/claim".formatted(runtime),
                  "{}",
                  "Prefer",
                  "wait=" + CLAIM_WAIT_SECONDS,
                  "Idempotency-Key",
                  key))
          .filter(answer -> answer.status() == 200 && answer.json().path("task").isObject())
          .map(answer -> {
            var task = answer.json().get("task");
            var generation = task.get("claim_generation").asLong();
            var claim = new Seen.Claim(Api.id(task), generation, runtime, slot);
            guarantees.saw(Seen.What.CLAIMED, claim);
            return claim;
          });
    }

    private void run(Seen.Claim claim) {
      if (report(claim, "start", "{}", Seen.What.STARTED)
          && report(claim, "complete", "{\"output\":\"done\"}", Seen.What.COMPLETED)) {
        completed.add(claim.task());
      }
    }

    private boolean report(Seen.Claim claim, String verb, String body, Seen.What success) {
      var generation = Long.toString(claim.generation());
      var path = "/api/daemon/tasks/%s/%s".formatted(claim.task(), verb);
      var answer = insist(api -> api.post(path, body, "Claim-Generation", generation));
      if (answer.isEmpty()) {
        return false;
      }
      var status = answer.get().status();
      if (status == 409) {
        guarantees.saw(Seen.What.FENCED, claim);
      } else if (status == 200 && !isTooLate(success, answer.get())) {
        guarantees.saw(success, claim);
      }
      return status == 200;
    }

    /// Whether the task was over otherwise when the final report came, as the answer then says.
    private static boolean isTooLate(Seen.What success, Api.Answer answer) {
      return success == Seen.What.COMPLETED
          && !answer.json().get("status").asString().equals("completed");
    }

    /// Makes a call until it is answered for good; empty when the fleet is closed before.
    private Optional<Api.Answer> insist(Function<Api, Api.Answer> call) {
      while (open) {
        try {
          var answer = call.apply(apis.get(api % apis.size()));
          if (!isToBeRetried(answer.status())) {
            if (answer.status() >= 300 && answer.status() != 409) {
              refusals.add(answer.status() + " " + answer.text());
            }
            return Optional.of(answer);
          }
        } catch (RuntimeException e) {
          // No answer: the server is away, or the answer was lost.
        }
        api++;
        LockSupport.parkNanos(PAUSE_NANOS);
      }
      return Optional.empty();
    }
  }

  private static boolean isToBeRetried(int status) {
    return status >= 500 || status == 408 || status == 429;
  }

  @Override
  public void close() {
    open = false;
    threads.forEach(LockSupport::unpark);
    for (var thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
