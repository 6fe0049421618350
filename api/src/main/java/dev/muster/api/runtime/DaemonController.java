package dev.muster.api.runtime;

import dev.muster.api.access.Caller;
import dev.muster.api.edge.Input;
import dev.muster.api.edge.JsonBody;
import dev.muster.api.edge.Limits;
import dev.muster.api.edge.Refused;
import dev.muster.events.attempt.Attempts;
import dev.muster.events.id.RuntimeId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.task.FailureReason;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/// How a daemon comes, stays and goes.
@RestController
class DaemonController {
  private final RuntimeStore store;
  private final RuntimeDirectory directory;
  private final Heartbeats heartbeats;
  private final Pings pings;
  private final Attempts attempts;
  private final TransactionTemplate transaction;

  DaemonController(
      RuntimeStore store,
      RuntimeDirectory directory,
      Heartbeats heartbeats,
      Pings pings,
      Attempts attempts,
      TransactionTemplate transaction) {
    this.store = store;
    this.directory = directory;
    this.heartbeats = heartbeats;
    this.pings = pings;
    this.attempts = attempts;
    this.transaction = transaction;
  }

  record RegisterResponse(List<@Nullable RuntimeView> runtimes) {}

  /// Registers a daemon's runtimes, all or none. One that was known keeps its id; what it was
  /// running is over, since a daemon registers when its process starts.
  @PostMapping("/api/daemon/register")
  RegisterResponse register(Caller caller, @JsonBody Registration.Request request) {
    var registration = Registration.of(request);
    var workspace =
        Input.lenientId(Objects.requireNonNullElse(request.workspaceId(), "").strip())
            .map(WorkspaceId::new)
            .filter(id -> caller.isMember(id) && store.workspaceExists(id))
            .orElseThrow(() -> Refused.notFound("workspace not found"));
    var ids = transaction.execute(_ -> register(workspace, registration));
    var registered = ids == null ? List.<UUID>of() : ids;
    registered.forEach(id -> heartbeats.forget(new RuntimeId(id)));
    var views =
        store.byIds(registered).stream()
            .collect(Collectors.toMap(RuntimeView::id, Function.identity()));
    return new RegisterResponse(
        registered.stream().<@Nullable RuntimeView>map(views::get).toList());
  }

  private List<UUID> register(WorkspaceId workspace, Registration registration) {
    var registered =
        registration.entries().stream()
            .map(entry -> store.upsert(workspace, registration.daemonId(), entry))
            .toList();
    var known =
        registered.stream().filter(r -> !r.isNew()).map(r -> new RuntimeId(r.id())).toList();
    attempts.endAll(known, FailureReason.RUNTIME_RESTARTED);
    var ids = registered.stream().map(RuntimeStore.Registered::id).toList();
    store.tellRegistered(workspace, ids);
    return ids;
  }

  record DeregisterRequest(@Nullable List<@Nullable String> runtimeIds) {}

  /// Takes runtimes offline. The daemon is exiting and its agents are gone: what they ran goes back
  /// to the queue.
  @PostMapping("/api/daemon/deregister")
  Map<String, Object> deregister(Caller caller, @JsonBody DeregisterRequest request) {
    var sent = Input.list("runtime_ids", request.runtimeIds(), Limits.ELEMENTS);
    if (sent.isEmpty()) {
      throw Refused.badRequest("runtime_ids is required");
    }
    var ids =
        sent.stream().flatMap(id -> Input.lenientId(id).stream()).sorted().distinct().toList();
    var gone =
        transaction.execute(_ -> {
          var found = store.deregister(ids, caller.workspaces());
          attempts.endAll(found, FailureReason.RUNTIME_STOPPED);
          return found;
        });
    gone.forEach(heartbeats::forget);
    return Map.of("status", "ok");
  }

  record HeartbeatRequest(@Nullable String runtimeId) {}

  @PostMapping("/api/daemon/heartbeat")
  Map<String, Object> heartbeat(Caller caller, @JsonBody HeartbeatRequest request) {
    var id = Input.required("runtime_id", request.runtimeId(), Limits.NAME);
    var runtime = directory.require(caller, id).runtime();
    heartbeats.beat(runtime);
    var answer = new LinkedHashMap<String, Object>();
    answer.put("status", "ok");
    pings.handOut(runtime).ifPresent(ping -> answer.put("pending_ping", Map.of("id", ping)));
    return answer;
  }
}
