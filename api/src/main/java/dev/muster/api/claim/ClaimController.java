package dev.muster.api.claim;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.muster.api.access.Caller;
import dev.muster.api.access.Callers;
import dev.muster.api.attempt.ClientPlatform;
import dev.muster.api.attempt.HandOver;
import dev.muster.api.edge.IdempotencyKey;
import dev.muster.api.edge.Refused;
import dev.muster.api.heartbeat.Heartbeats;
import dev.muster.api.heartbeat.Processes;
import dev.muster.api.heartbeat.RuntimeDirectory;
import dev.muster.api.queue.PendingCancels;
import dev.muster.tasks.command.ClaimedTask;
import dev.muster.tasks.lane.Tasks;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/// How a runtime asks for work.
@RestController
class ClaimController {
  private static final Pattern WAIT =
      Pattern.compile(
          "(?:^|[,;\\s])wait\\s*=\\s*(\\d{1,6})(?:$|[,;\\s])", Pattern.CASE_INSENSITIVE);
  private static final int WAIT_MAX_SECONDS = 25;

  private final RuntimeClaims claims;
  private final RuntimeDirectory directory;
  private final Heartbeats heartbeats;
  private final Tasks tasks;
  private final Processes processes;
  private final PendingCancels cancels;
  private final HandOver handOver;
  private final Callers callers;

  ClaimController(
      RuntimeClaims claims,
      RuntimeDirectory directory,
      Heartbeats heartbeats,
      Tasks tasks,
      Processes processes,
      PendingCancels cancels,
      HandOver handOver,
      Callers callers) {
    this.callers = callers;
    this.claims = claims;
    this.directory = directory;
    this.heartbeats = heartbeats;
    this.tasks = tasks;
    this.processes = processes;
    this.cancels = cancels;
    this.handOver = handOver;
  }

  /// @param cancel the running tasks of the runtime that are to be ended
  record ClaimResponse(
      @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable Object task,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) Set<UUID> cancel) {}

  /// The next task for the runtime, or `{"task":null}`; with `Prefer: wait=N` after N seconds at
  /// most (25 at most), as soon as there is one. An unknown runtime has none; daemons that register
  /// it again when they hear so, and those that would wait, are told.
  @PostMapping("/api/daemon/runtimes/{id}/tasks/claim")
  ResponseEntity<ClaimResponse> claim(
      Caller caller,
      @PathVariable String id,
      @RequestHeader(name = "Prefer", required = false) @Nullable String prefer,
      @RequestHeader(name = "Process-Id", required = false) @Nullable String process,
      @RequestHeader(name = IdempotencyKey.HEADER, required = false) @Nullable String key,
      @RequestHeader(name = ClientPlatform.HEADER, required = false) @Nullable String platform) {
    var access = new WaitingAccess(callers, caller);
    var found = directory.find(caller, id);
    if (found.isEmpty() && (ClientPlatform.isDaemon(platform) || prefer != null)) {
      throw Refused.notFound(RuntimeDirectory.NOT_FOUND);
    }
    if (found.isEmpty()) {
      return ResponseEntity.ok(new ClaimResponse(null, Set.of()));
    }
    var runtime = found.get().runtime();
    processes.require(runtime, process);
    var claimer =
        new RuntimeClaims.Claimer(
            runtime,
            found.get().workspace(),
            process,
            IdempotencyKey.of(key, caller.user().toString(), "claim"));
    heartbeats.claim(runtime);
    var wait = wait(prefer);
    if (wait.isEmpty()) {
      var task = claims.claim(claimer);
      return ResponseEntity.ok(new ClaimResponse(handed(task, caller, platform), Set.of()));
    }
    var answer =
        park(
            access,
            found.get(),
            claimer,
            Duration.ofSeconds(wait.get()),
            task -> handed(task, caller, platform));
    heartbeats.claim(runtime);
    return ResponseEntity.ok().header("Preference-Applied", "wait=" + wait.get()).body(answer);
  }

  private @Nullable Object handed(
      Optional<ClaimedTask> task, Caller caller, @Nullable String platform) {
    return task.map(claimed -> handOver.to(caller, platform, claimed)).orElse(null);
  }

  /// The seconds a client is ready to wait; empty where it says nothing.
  static Optional<Integer> wait(@Nullable String prefer) {
    if (prefer == null) {
      return Optional.empty();
    }
    var matcher = WAIT.matcher(prefer);
    return matcher.find()
        ? Optional.of(Math.min(Integer.parseInt(matcher.group(1)), WAIT_MAX_SECONDS))
        : Optional.empty();
  }

  /// Waits for a task, or for something else that the runtime should hear at once.
  private ClaimResponse park(
      WaitingAccess access,
      RuntimeDirectory.Found found,
      RuntimeClaims.Claimer claimer,
      Duration wait,
      Function<Optional<ClaimedTask>, @Nullable Object> handed) {
    var until = System.nanoTime() + wait.toNanos();
    var toldBefore = cancels.of(found.runtime());
    while (true) {
      var left = Duration.ofNanos(Math.max(0, until - System.nanoTime()));
      var task = claims.claim(claimer, WaitingAccess.atMost(left), access::isSure);
      var toEnd = cancels.of(found.runtime());
      if (task.isPresent()
          || !toldBefore.containsAll(toEnd)
          || System.nanoTime() - until >= 0
          || !tasks.isOpen()) {
        return new ClaimResponse(handed.apply(task), toEnd);
      }
      access.confirmed().memberOf(found.workspace(), RuntimeDirectory.NOT_FOUND);
      if (!directory.isKnown(found.runtime())) {
        throw Refused.notFound(RuntimeDirectory.NOT_FOUND);
      }
    }
  }
}
