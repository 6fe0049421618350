package dev.muster.api.runtime;

import dev.muster.api.access.Caller;
import dev.muster.api.attempt.ClientPlatform;
import dev.muster.api.edge.Input;
import dev.muster.api.edge.JsonBody;
import dev.muster.api.edge.Limits;
import dev.muster.api.edge.Quotas;
import dev.muster.api.edge.Refused;
import dev.muster.api.heartbeat.DuplicateDaemons;
import dev.muster.api.heartbeat.Heartbeats;
import dev.muster.events.id.RuntimeId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.task.FailureReason;
import dev.muster.tasks.lane.Tasks;
import dev.muster.tasks.store.TaskDeadlines;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/// How a daemon comes, stays and goes.
@RestController
class DaemonController {
  private final RuntimeStore store;
  private final Heartbeats heartbeats;
  private final DuplicateDaemons duplicates;
  private final Tasks tasks;
  private final TaskDeadlines deadlines;
  private final LegacyRuntimes legacy;
  private final DaemonBindings bindings;
  private final TransactionTemplate transaction;
  private final Quotas quotas;

  DaemonController(
      RuntimeStore store,
      LegacyRuntimes legacy,
      DaemonBindings bindings,
      Heartbeats heartbeats,
      DuplicateDaemons duplicates,
      Tasks tasks,
      TaskDeadlines deadlines,
      TransactionTemplate transaction,
      Quotas quotas) {
    this.store = store;
    this.legacy = legacy;
    this.bindings = bindings;
    this.heartbeats = heartbeats;
    this.duplicates = duplicates;
    this.tasks = tasks;
    this.deadlines = deadlines;
    this.transaction = transaction;
    this.quotas = quotas;
  }

  record RegisterResponse(List<@Nullable RuntimeView> runtimes) {}

  /// Registers a daemon's runtimes, all or none. One that was known keeps its id; what it was
  /// running is over, since a daemon registers when its process starts, unless the process says
  /// that it is the same, or the daemon is one that registers while it is at work, too.
  @PostMapping("/api/daemon/register")
  RegisterResponse register(
      Caller caller,
      @RequestHeader(name = ClientPlatform.HEADER, required = false) @Nullable String platform,
      @JsonBody Registration.Request request) {
    var registration = Registration.of(request, platform);
    var workspace =
        Input.lenientId(Objects.requireNonNullElse(request.workspaceId(), "").strip())
            .map(WorkspaceId::new)
            .filter(id -> caller.isMember(id) && store.workspaceExists(id))
            .orElseThrow(() -> Refused.notFound("workspace not found"));
    var ids =
        transaction.execute(_ -> register(caller, workspace, bindings.bind(caller, registration)));
    bindings.forget(caller);
    var registered = ids == null ? List.<UUID>of() : ids;
    registered.forEach(id -> heartbeats.forget(new RuntimeId(id)));
    var views =
        store.byIds(registered).stream()
            .collect(Collectors.toMap(RuntimeView::id, Function.identity()));
    return new RegisterResponse(
        registered.stream().<@Nullable RuntimeView>map(views::get).toList());
  }

  /// In the order of their keys, whatever order they were sent in, so that two registers of one
  /// daemon wait for each other at the first.
  private List<UUID> register(Caller caller, WorkspaceId workspace, Registration registration) {
    var providers =
        registration.entries().stream().map(Registration.Entry::provider).distinct().toList();
    legacy.adopt(workspace, registration);
    quotas.runtimes(store.countWith(workspace, registration.daemonId(), providers));
    var byKey = new TreeMap<String, RuntimeStore.Registered>();
    registration.entries().stream()
        .sorted(Comparator.comparing(Registration.Entry::key))
        .forEach(entry ->
            byKey.put(
                entry.key(),
                store
                    .upsert(workspace, registration, entry, caller.tokenId())
                    .orElseThrow(() -> superseded(workspace, registration, entry))));
    var orphaning =
        byKey.values().stream()
            .filter(RuntimeStore.Registered::isOrphaning)
            .map(registered -> new RuntimeId(registered.id()))
            .toList();
    var _ = tasks.endActive(orphaning, FailureReason.RUNTIME_RESTARTED, null);
    registration.entries().stream()
        .filter(entry -> entry.apart().isEmpty())
        .forEach(entry ->
            Optional.ofNullable(byKey.get(entry.key()))
                .ifPresent(registered ->
                    legacy.merge(workspace, registration, entry.provider(), registered.id())));
    var ids =
        registration.entries().stream()
            .flatMap(entry -> Optional.ofNullable(byKey.get(entry.key())).stream())
            .map(RuntimeStore.Registered::id)
            .toList();
    if (registration.processId() == null && !registration.isNoRestart()) {
      duplicates.registered(ids);
    } else if (registration.processId() != null) {
      duplicates.forget(ids);
    }
    store.tellRegistered(workspace, ids);
    return ids;
  }

  private static Refused superseded(
      WorkspaceId workspace, Registration registration, Registration.Entry entry) {
    return Refused.superseded(
        "another process with this daemon's identity has taken over; end one of them, or give it a"
            + " daemon_id of its own",
        Map.of(
            "workspace_id",
            workspace.value(),
            "daemon_id",
            registration.daemonId(),
            "provider",
            entry.provider(),
            "process_id",
            Objects.requireNonNullElse(registration.processId(), "")));
  }

  record DeregisterRequest(@Nullable List<@Nullable String> runtimeIds) {}

  /// Takes runtimes offline. The daemon is exiting and its agents are gone: what they ran goes back
  /// to the queue. Not so with a daemon that has said how each of them ended, or goes on with them
  /// and only begins none: what it does not say is lost after the reconnect grace.
  @PostMapping("/api/daemon/deregister")
  Map<String, Object> deregister(
      Caller caller,
      @RequestHeader(name = ClientPlatform.HEADER, required = false) @Nullable String platform,
      @JsonBody DeregisterRequest request) {
    var sent = Input.list("runtime_ids", request.runtimeIds(), Limits.ELEMENTS);
    if (sent.isEmpty()) {
      throw Refused.invalid("runtime_ids", "is required");
    }
    var ids =
        sent.stream().flatMap(id -> Input.lenientId(id).stream()).sorted().distinct().toList();
    var gone =
        transaction.execute(_ -> {
          var found = store.deregister(ids, bindings.asOfNow(caller));
          if (!ClientPlatform.isDaemon(platform)) {
            var _ = tasks.endActive(found, FailureReason.RUNTIME_STOPPED, null);
          }
          deadlines.giveBackAssigned(found);
          duplicates.forget(found.stream().map(RuntimeId::value).toList());
          return found;
        });
    gone.forEach(heartbeats::forget);
    return Map.of("status", "ok");
  }
}
