package dev.muster.api.notifier;

import dev.muster.api.ApiProperties;
import dev.muster.api.frame.Frame;
import dev.muster.api.socket.Goodbye;
import dev.muster.events.id.UserId;
import dev.muster.events.id.WorkspaceId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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

  WorkspaceSockets(ApiProperties properties) {
    this.limits = properties.sockets();
  }

  /// Takes in a socket whose viewer is not known yet; it is told nothing. Returns false if there
  /// are too many.
  synchronized boolean enterUnknown(DashboardSocket watcher) {
    if (!open || unknown >= UNKNOWN_MAX || !hasRoomFor(watcher)) {
      return false;
    }
    unknown++;
    add(watcher);
    return true;
  }

  /// Takes in a socket with its viewer: from now on it is told what happens. Returns false if there
  /// are too many.
  synchronized boolean enter(DashboardSocket watcher, DashboardSocket.Viewer viewer) {
    if (!hasRoomFor(watcher) || !admit(watcher, viewer)) {
      return false;
    }
    add(watcher);
    return true;
  }

  /// Makes the viewer known of a socket that is in: from now on it is told what happens. Returns
  /// false if there are too many, or the socket has left meanwhile.
  synchronized boolean identify(DashboardSocket watcher, DashboardSocket.Viewer viewer) {
    if (!all.contains(watcher) || !admit(watcher, viewer)) {
      return false;
    }
    unknown--;
    return true;
  }

  private boolean admit(DashboardSocket watcher, DashboardSocket.Viewer viewer) {
    if (!open || perUser.getOrDefault(viewer.user(), 0) >= limits.perUser()) {
      return false;
    }
    perUser.merge(viewer.user(), 1, Integer::sum);
    watcher.admit(viewer);
    perWorkspace
        .computeIfAbsent(watcher.workspace(), _ -> ConcurrentHashMap.newKeySet())
        .add(watcher);
    return true;
  }

  private boolean hasRoomFor(DashboardSocket watcher) {
    return all.size() < limits.max()
        && perAddress.getOrDefault(watcher.address(), 0) < limits.perAddress();
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
