package dev.muster.api.claim;

import dev.muster.api.access.Caller;
import dev.muster.api.access.Callers;
import dev.muster.api.attempt.ClientPlatform;
import dev.muster.api.attempt.HandOver;
import dev.muster.api.edge.Input;
import dev.muster.api.edge.JsonBody;
import dev.muster.api.edge.Limits;
import dev.muster.api.heartbeat.Heartbeats;
import dev.muster.api.heartbeat.Processes;
import dev.muster.api.heartbeat.RuntimeDirectory;
import dev.muster.api.heartbeat.RuntimeDirectory.Found;
import dev.muster.api.queue.Parking;
import dev.muster.tasks.command.ClaimedTask;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/// How a whole machine asks for work in one call.
@RestController
class BatchClaimController {
  private static final int RUNTIMES_MAX = 100;
  private static final int TASKS_MAX = 32;

  private final RuntimeClaims claims;
  private final RuntimeDirectory directory;
  private final Heartbeats heartbeats;
  private final Processes processes;
  private final Parking parking;
  private final HandOver handOver;
  private final Callers callers;

  BatchClaimController(
      RuntimeClaims claims,
      RuntimeDirectory directory,
      Heartbeats heartbeats,
      Processes processes,
      Parking parking,
      HandOver handOver,
      Callers callers) {
    this.callers = callers;
    this.claims = claims;
    this.directory = directory;
    this.heartbeats = heartbeats;
    this.processes = processes;
    this.parking = parking;
    this.handOver = handOver;
  }

  record BatchRequest(
      @Nullable String daemonId,
      @Nullable List<@Nullable String> runtimeIds,
      @Nullable Integer maxTasks) {}

  record BatchResponse(List<Object> tasks) {}

  /// Up to `max_tasks` tasks for these runtimes, which may be of several workspaces: each gets one
  /// in turn, beginning anywhere, so that none starves. Unknown runtimes have none.
  @PostMapping({"/api/daemon/tasks/claim", "/api/daemon/claim"})
  BatchResponse claim(
      Caller caller,
      @RequestHeader(name = "Prefer", required = false) @Nullable String prefer,
      @RequestHeader(name = "Process-Id", required = false) @Nullable String process,
      @RequestHeader(name = ClientPlatform.HEADER, required = false) @Nullable String platform,
      @JsonBody BatchRequest request)
      throws InterruptedException {
    var access = new WaitingAccess(callers, caller);
    var _ = Input.optional("daemon_id", request.daemonId(), Limits.NAME);
    var ids = Input.list("runtime_ids", request.runtimeIds(), RUNTIMES_MAX);
    var max = max(request.maxTasks(), ClientPlatform.isDaemon(platform));
    var runtimes =
        ids.stream()
            .map(id -> id == null ? "" : id)
            .flatMap(id -> find(caller, id, ClientPlatform.isDaemon(platform)).stream())
            .distinct()
            .collect(Collectors.toCollection(ArrayList::new));
    for (var found : runtimes) {
      processes.require(found.runtime(), process);
      heartbeats.claim(found.runtime());
    }
    if (ClientPlatform.isDaemon(platform)) {
      directory.admit(runtimes.stream().map(Found::runtime).toList(), max);
    }
    Collections.shuffle(runtimes);
    var wait = ClaimController.wait(prefer).map(Duration::ofSeconds).orElse(Duration.ZERO);
    return new BatchResponse(
        park(access, runtimes, process, max, wait).stream()
            .map(task -> handOver.to(caller, platform, task))
            .toList());
  }

  /// Multica's daemon claims by no such call any more once it was answered 404, so that it is not
  /// told of runtimes which it does not have any more.
  private Optional<Found> find(Caller caller, String id, boolean isNeverRefused) {
    return isNeverRefused ? directory.findOwn(caller, id) : directory.find(caller, id);
  }

  /// How many tasks are wanted. A daemon says how many slots it has free, which may be none, or
  /// more than are given at once.
  private static int max(@Nullable Integer sent, boolean isSlots) {
    if (sent == null) {
      return 1;
    }
    return isSlots
        ? Math.min(Input.between("max_tasks", sent, 0, Limits.CONCURRENT_TASKS), TASKS_MAX)
        : Input.between("max_tasks", sent, 1, TASKS_MAX);
  }

  private List<ClaimedTask> park(
      WaitingAccess access, List<Found> runtimes, @Nullable String process, int max, Duration wait)
      throws InterruptedException {
    var until = System.nanoTime() + wait.toNanos();
    try (var stay =
        parking.enterAll(
            runtimes.stream().collect(Collectors.toMap(Found::runtime, Found::workspace)))) {
      while (true) {
        var tasks = claimInTurn(runtimes, process, max);
        var left = Duration.ofNanos(until - System.nanoTime());
        if (!tasks.isEmpty() || runtimes.isEmpty() || !left.isPositive() || !stay.await(left)) {
          return tasks;
        }
        var now = access.confirmed();
        runtimes.removeIf(
            found -> !now.isMember(found.workspace()) || !directory.isKnown(found.runtime()));
      }
    }
  }

  private List<ClaimedTask> claimInTurn(List<Found> runtimes, @Nullable String process, int max) {
    var tasks = new ArrayList<ClaimedTask>();
    var hungry = new ArrayList<>(runtimes);
    while (tasks.size() < max && !hungry.isEmpty()) {
      for (var found : List.copyOf(hungry)) {
        if (tasks.size() == max) {
          break;
        }
        try {
          claims
              .claim(new RuntimeClaims.Claimer(found.runtime(), found.workspace(), process, null))
              .ifPresentOrElse(tasks::add, () -> hungry.remove(found));
        } catch (RuntimeException e) {
          if (tasks.isEmpty()) {
            throw e;
          }
          // What is claimed already must reach the daemon.
          return tasks;
        }
      }
    }
    return tasks;
  }
}
