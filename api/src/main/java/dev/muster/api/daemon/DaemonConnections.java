package dev.muster.api.daemon;

import dev.muster.api.ApiProperties;
import dev.muster.api.socket.Goodbye;
import dev.muster.events.id.RuntimeId;
import dev.muster.events.id.UserId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.tasks.lane.Tasks;
import dev.muster.tasks.lane.WakeListener;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Collectors;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/// The daemons' sockets of this instance, and who is told when a runtime's work has come.
@Component
final class DaemonConnections implements SmartLifecycle, WakeListener {
  /// One user's daemons have this part of all connections at most.
  private static final int USERS_PART = 5;

  /// The runtimes of one workspace have this part of them at most.
  private static final int WORKSPACES_PART = 2;

  private final int max;
  private final WorkLookups lookups;
  // Changed under the object's lock, read without it.
  private final ConcurrentMap<RuntimeId, Set<DaemonConnection>> byRuntime =
      new ConcurrentHashMap<>();
  private final ConcurrentMap<UserId, Set<DaemonConnection>> byUser = new ConcurrentHashMap<>();
  // Guarded by the object's lock.
  private final Set<DaemonConnection> all = new HashSet<>();
  private final Map<WorkspaceId, Integer> perWorkspace = new HashMap<>();
  private boolean open = true;

  DaemonConnections(
      ApiProperties properties, WorkLookups lookups, Tasks tasks, MeterRegistry meters) {
    this.max = properties.sockets().max();
    this.lookups = lookups;
    tasks.onWake(this);
    Gauge.builder("muster.sockets", this, connections -> connections.all().size())
        .description("Sockets that are open")
        .tag("kind", "daemon")
        .register(meters);
  }

  /// Takes in a connection: from now on it is woken. Returns false if there are too many, or the
  /// server is stopping.
  synchronized boolean enter(DaemonConnection connection) {
    var user = connection.opening().user();
    var ofUser = byUser.getOrDefault(user, Set.of()).size();
    var workspaces = Set.copyOf(connection.opening().workspaces());
    var ofWorkspace =
        workspaces.stream().mapToInt(id -> perWorkspace.getOrDefault(id, 0)).max().orElse(0);
    if (!open
        || all.size() >= max
        || ofUser >= part(USERS_PART)
        || ofWorkspace >= part(WORKSPACES_PART)) {
      return false;
    }
    all.add(connection);
    workspaces.forEach(id -> perWorkspace.merge(id, 1, Integer::sum));
    byUser.computeIfAbsent(user, _ -> ConcurrentHashMap.newKeySet()).add(connection);
    for (var runtime : connection.opening().runtimes().keySet()) {
      byRuntime.computeIfAbsent(runtime, _ -> ConcurrentHashMap.newKeySet()).add(connection);
    }
    return true;
  }

  private int part(int parts) {
    return Math.max(1, max / parts);
  }

  synchronized void leave(DaemonConnection connection) {
    if (!all.remove(connection)) {
      return;
    }
    Set.copyOf(connection.opening().workspaces())
        .forEach(id ->
            perWorkspace.computeIfPresent(id, (_, sockets) -> sockets == 1 ? null : sockets - 1));
    remove(byUser, connection.opening().user(), connection);
    for (var runtime : connection.opening().runtimes().keySet()) {
      remove(byRuntime, runtime, connection);
    }
  }

  private static <K> void remove(
      ConcurrentMap<K, Set<DaemonConnection>> map, K key, DaemonConnection connection) {
    map.computeIfPresent(
        key,
        (_, connections) -> {
          connections.remove(connection);
          return connections.isEmpty() ? null : connections;
        });
  }

  @Override
  public void wake(RuntimeId runtime) {
    byRuntime.getOrDefault(runtime, Set.of()).forEach(connection -> connection.wake(runtime));
  }

  /// Which of a workspace's daemons have something to claim is looked up: to wake all for each task
  /// that ends would set a large fleet on the database.
  @Override
  public void wakeAll(WorkspaceId workspace) {
    if (!byRuntime.isEmpty()) {
      lookups.ask(workspace);
    }
  }

  /// The connected runtimes of these workspaces.
  Set<RuntimeId> runtimesOf(Collection<WorkspaceId> workspaces) {
    return all().stream()
        .flatMap(connection -> connection.opening().runtimes().entrySet().stream())
        .filter(runtime -> workspaces.contains(runtime.getValue()))
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  /// The user has come into a workspace or left one.
  void tellWorkspacesChanged(UserId user) {
    byUser.getOrDefault(user, Set.of()).forEach(DaemonConnection::tellWorkspacesChanged);
  }

  synchronized List<DaemonConnection> all() {
    return List.copyOf(all);
  }

  @Override
  public void start() {}

  /// Says goodbye to all, so that they come back to another instance; until then their heartbeats
  /// and claims go by HTTP.
  @Override
  public void stop() {
    synchronized (this) {
      open = false;
    }
    Goodbye.sayTo(all());
  }

  @Override
  public synchronized boolean isRunning() {
    return open;
  }
}
