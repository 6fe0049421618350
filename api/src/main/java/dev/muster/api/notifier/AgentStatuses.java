package dev.muster.api.notifier;

import dev.muster.api.feed.FeedEvent;
import dev.muster.api.frame.Frames;
import dev.muster.events.feed.Loop;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/// Tells dashboards how agents stand after their tasks or runtimes moved.
///
/// A status is not in the feed: it is derived from tasks and runtimes, by Postgres. The feed's
/// thread only notes whose it may have changed; this loop asks for all of them at once. Nobody else
/// tells of statuses, so none overtakes a newer one.
@Component
final class AgentStatuses extends Loop {
  private static final Duration GATHER = Duration.ofMillis(50);

  private final AgentStatusStore store;
  private final WorkspaceSockets sockets;
  private final Semaphore waiting = new Semaphore(0);
  // Both guarded by the object's lock.
  private Changed forAll = new Changed();
  private Changed forReturning = new Changed();

  AgentStatuses(AgentStatusStore store, WorkspaceSockets sockets) {
    super("muster-agent-statuses");
    this.store = store;
    this.sockets = sockets;
  }

  /// @param watchers whom to tell; empty means all
  private record Changed(ChangedStatuses noted, Set<DashboardSocket> watchers) {
    Changed() {
      this(new ChangedStatuses(), new HashSet<>());
    }
  }

  /// Notes an event of which everybody is told.
  void note(FeedEvent event) {
    var noted = new ChangedStatuses();
    noted.add(event);
    if (!noted.isEmpty()) {
      note(noted, null);
    }
  }

  /// Notes what one has read of that came back: the others have heard of it.
  void note(ChangedStatuses noted, @Nullable DashboardSocket returning) {
    synchronized (this) {
      var changed = returning == null ? forAll : forReturning;
      changed.noted().addAll(noted);
      if (returning != null) {
        changed.watchers().add(returning);
      }
    }
    if (waiting.availablePermits() == 0) {
      waiting.release();
    }
  }

  private synchronized Changed taken(boolean all) {
    var taken = all ? forAll : forReturning;
    if (all) {
      forAll = new Changed();
    } else {
      forReturning = new Changed();
    }
    return taken;
  }

  @Override
  protected void step() throws InterruptedException {
    waiting.acquire();
    Thread.sleep(GATHER);
    waiting.drainPermits();
    tell(taken(true));
    tell(taken(false));
  }

  private void tell(Changed changed) {
    if (changed.noted().isEmpty()) {
      return;
    }
    try {
      for (var row : store.of(changed.noted().agents(), changed.noted().runtimes())) {
        var frame = Frames.agentStatus(row.id(), row.audience(), row.agent());
        if (changed.watchers().isEmpty()) {
          sockets.tell(row.workspace(), frame);
        } else {
          changed.watchers().stream()
              .filter(watcher -> watcher.workspace().equals(row.workspace()))
              .forEach(watcher -> watcher.tell(frame));
        }
      }
    } catch (RuntimeException e) {
      synchronized (this) {
        var again = changed.watchers().isEmpty() ? forAll : forReturning;
        again.noted().addAll(changed.noted());
        again.watchers().addAll(changed.watchers());
      }
      waiting.release();
      throw e;
    }
  }
}
