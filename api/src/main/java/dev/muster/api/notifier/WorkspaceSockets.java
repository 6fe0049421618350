package dev.muster.api.notifier;

import dev.muster.api.ApiProperties;
import dev.muster.api.frame.Frame;
import dev.muster.api.socket.Goodbye;
import dev.muster.events.id.UserId;
import dev.muster.events.id.WorkspaceId;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/// The sockets of this instance: all there are, and who watches which workspace.
@Component
final class WorkspaceSockets implements SmartLifecycle {
  private static final int UNKNOWN_MAX = 500;

  private final ApiProperties.Sockets limits;
  // Changed under the object's lock, read without it.
  private final ConcurrentMap<WorkspaceId, Set<DashboardSocket>> perWorkspace =
      new ConcurrentHashMap<>();
  // Guarded by the object's lock.
  private final Set<DashboardSocket> all = new HashSet<>();
  private final Map<UserId, Integer> perUser = new HashMap<>();
  private final Map<String, Integer> perAddress = new HashMap<>();
  private int unknown;
  private boolean open = true;

  WorkspaceSockets(ApiProperties properties, MeterRegistry meters) {
    this.limits = properties.sockets();
    Gauge.builder("muster.sockets", this, sockets -> sockets.all().size())
        .description("Sockets that are open")
        .tag("kind", "dashboard")
        .register(meters);
  }

  /// Why a socket is not taken in: there are as many as there may be, and of what.
  record Full(String quota, int max) {
    String sentence() {
      return max == 0 ? quota : "there may be no more than %d %s at once".formatted(max, quota);
    }
  }

  private static final Full CLOSED = new Full("this server takes no sockets now", 0);

  /// Takes in a socket whose viewer is not known yet; it is told nothing.
  synchronized Optional<Full> enterUnknown(DashboardSocket watcher) {
    var full =
        room(watcher).or(() -> full("sockets that have not signed in", unknown, UNKNOWN_MAX));
    if (full.isEmpty()) {
      unknown++;
      add(watcher);
    }
    return full;
  }

  /// Takes in a socket with its viewer: from now on it is told what happens.
  synchronized Optional<Full> enter(DashboardSocket watcher, DashboardSocket.Viewer viewer) {
    var full = room(watcher).or(() -> admit(watcher, viewer));
    if (full.isEmpty()) {
      add(watcher);
    }
    return full;
  }

  /// Makes the viewer known of a socket that is in: from now on it is told what happens. Not of one
  /// that has left meanwhile.
  synchronized Optional<Full> identify(DashboardSocket watcher, DashboardSocket.Viewer viewer) {
    var full = all.contains(watcher) ? admit(watcher, viewer) : Optional.of(CLOSED);
    if (full.isEmpty()) {
      unknown--;
    }
    return full;
  }

  private Optional<Full> admit(DashboardSocket watcher, DashboardSocket.Viewer viewer) {
    var ofUser = perUser.getOrDefault(viewer.user(), 0);
    var ofWorkspace = perWorkspace.getOrDefault(watcher.workspace(), Set.of()).size();
    var full =
        full("sockets of a user", ofUser, limits.perUser())
            .or(() -> full("sockets of a workspace", ofWorkspace, limits.perWorkspace()));
    if (full.isPresent() || !open) {
      return full.or(() -> Optional.of(CLOSED));
    }
    perUser.merge(viewer.user(), 1, Integer::sum);
    watcher.admit(viewer);
    perWorkspace
        .computeIfAbsent(watcher.workspace(), _ -> ConcurrentHashMap.newKeySet())
        .add(watcher);
    return Optional.empty();
  }

  private Optional<Full> room(DashboardSocket watcher) {
    if (!open) {
      return Optional.of(CLOSED);
    }
    var ofAddress = perAddress.getOrDefault(watcher.address(), 0);
    return full("sockets", all.size(), limits.max())
        .or(() -> full("sockets of an address", ofAddress, limits.perAddress()));
  }

  private static Optional<Full> full(String quota, int there, int max) {
    return there < max ? Optional.empty() : Optional.of(new Full(quota, max));
  }

  private void add(DashboardSocket watcher) {
    all.add(watcher);
    perAddress.merge(watcher.address(), 1, Integer::sum);
  }

  synchronized void leave(DashboardSocket watcher) {
    if (!all.remove(watcher)) {
      return;
    }
    perAddress.computeIfPresent(
        watcher.address(), (_, sockets) -> sockets == 1 ? null : sockets - 1);
    var viewer = watcher.viewer();
    if (viewer == null) {
      unknown--;
      return;
    }
    perUser.computeIfPresent(viewer.user(), (_, sockets) -> sockets == 1 ? null : sockets - 1);
    perWorkspace.computeIfPresent(
        watcher.workspace(),
        (_, ofWorkspace) -> {
          ofWorkspace.remove(watcher);
          return ofWorkspace.isEmpty() ? null : ofWorkspace;
        });
  }

  boolean isWatched(WorkspaceId workspace) {
    return perWorkspace.containsKey(workspace);
  }

  /// Tells everybody who watches the workspace. Waits for nobody.
  void tell(WorkspaceId workspace, Frame frame) {
    for (var watcher : perWorkspace.getOrDefault(workspace, Set.of())) {
      watcher.tell(frame);
    }
  }

  synchronized List<DashboardSocket> all() {
    return List.copyOf(all);
  }

  @Override
  public void start() {}

  /// Says goodbye to all, so that they come back to another instance at once.
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
