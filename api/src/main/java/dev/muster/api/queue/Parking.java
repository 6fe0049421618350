package dev.muster.api.queue;

import dev.muster.events.id.RuntimeId;
import dev.muster.events.id.WorkspaceId;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/// Where claims wait in this instance for work to come.
///
/// A wake-up is a hint: whoever is woken asks Postgres again. Each wakes one waiter of a runtime,
/// and no more are kept than there are waiters, so that a single task does not set all of a
/// machine's claims on the database. A hint too few costs the time until a waiter looks again by
/// itself.
@Component
public class Parking implements SmartLifecycle {
  /// How long a parked claim trusts that it will be woken.
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(2);

  private final ConcurrentMap<RuntimeId, Place> places = new ConcurrentHashMap<>();
  private volatile boolean open;

  /// The waiters of one runtime. The count is guarded by the map's lock on the key.
  private static final class Place {
    private final WorkspaceId workspace;
    private final Semaphore rung = new Semaphore(0);
    private int waiting;

    Place(WorkspaceId workspace) {
      this.workspace = workspace;
    }
  }

  /// A claim's stay: opened before the first look at the database, so that nothing is missed
  /// between look and wait.
  public final class Stay implements AutoCloseable {
    private final RuntimeId runtime;
    private final Place place;

    private Stay(RuntimeId runtime, Place place) {
      this.runtime = runtime;
      this.place = place;
    }

    /// Waits to be woken, for the time given at most. Returns false when the server is stopping.
    public boolean await(Duration atMost) throws InterruptedException {
      var limit = atMost.compareTo(LOOK_AGAIN) < 0 ? atMost : LOOK_AGAIN;
      place.rung.tryAcquire(Math.max(1, limit.toMillis()), TimeUnit.MILLISECONDS);
      return open;
    }

    @Override
    public void close() {
      places.computeIfPresent(runtime, (_, parked) -> --parked.waiting == 0 ? null : parked);
    }
  }

  public Stay enter(WorkspaceId workspace, RuntimeId runtime) {
    var place =
        places.compute(
            runtime,
            (_, parked) -> {
              var entered = parked == null ? new Place(workspace) : parked;
              entered.waiting++;
              return entered;
            });
    return new Stay(runtime, place);
  }

  /// There may be work for this runtime.
  public void wake(RuntimeId runtime) {
    places.computeIfPresent(
        runtime,
        (_, place) -> {
          if (place.rung.availablePermits() < place.waiting) {
            place.rung.release();
          }
          return place;
        });
  }

  /// There may be work for any runtime of this workspace.
  public void wakeAll(WorkspaceId workspace) {
    places.entrySet().stream()
        .filter(parked -> parked.getValue().workspace.equals(workspace))
        .map(Map.Entry::getKey)
        .toList()
        .forEach(this::wake);
  }

  @Override
  public void start() {
    open = true;
  }

  /// Sends everybody home with an empty answer, so that a stopping server does not take its claims
  /// with it.
  @Override
  public void stop() {
    open = false;
    places.values().forEach(place -> place.rung.release(place.waiting));
  }

  @Override
  public boolean isRunning() {
    return open;
  }

  /// Before the web server begins to wait for the requests that are under way.
  @Override
  public int getPhase() {
    return Integer.MAX_VALUE;
  }
}
