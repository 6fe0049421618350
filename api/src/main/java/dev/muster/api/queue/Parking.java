package dev.muster.api.queue;

import dev.muster.events.id.RuntimeId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.tasks.lane.Tasks;
import dev.muster.tasks.lane.WakeListener;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/// Where claims of several runtimes wait in this instance for work to come.
///
/// A wake-up is a hint: whoever is woken asks Postgres again. Each wakes one waiter of a runtime,
/// and no more are kept than there are waiters, so that a single task does not set all of a
/// machine's claims on the database. A hint too few costs the time until a waiter looks again by
/// itself.
@Component
public class Parking implements SmartLifecycle, WakeListener {
  /// How long a parked claim trusts that it will be woken.
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(2);

  private final ConcurrentMap<RuntimeId, Place> places = new ConcurrentHashMap<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private volatile boolean open;

  Parking(Tasks tasks) {
    tasks.onWake(this);
  }

  /// The waiters of one runtime, in the order in which they are woken. Guarded by the map's lock on
  /// the key.
  private record Place(WorkspaceId workspace, Deque<Stay> waiters) {}

  /// A claim's stay: opened before the first look at the database, so that nothing is missed
  /// between look and wait.
  public final class Stay implements AutoCloseable {
    private final Set<RuntimeId> runtimes;
    private final Semaphore rung = new Semaphore(0);

    private Stay(Set<RuntimeId> runtimes) {
      this.runtimes = Set.copyOf(runtimes);
    }

    /// Waits to be woken, for the time given at most. Returns false when the server is stopping.
    public boolean await(Duration atMost) throws InterruptedException {
      var limit = atMost.compareTo(LOOK_AGAIN) < 0 ? atMost : LOOK_AGAIN;
      waiting.incrementAndGet();
      try {
        if (rung.tryAcquire(Math.max(1, limit.toMillis()), TimeUnit.MILLISECONDS)) {
          rung.drainPermits();
        }
      } finally {
        waiting.decrementAndGet();
      }
      return open;
    }

    /// Returns false if it had been woken already and has not looked since.
    private boolean ring() {
      if (rung.availablePermits() > 0) {
        return false;
      }
      rung.release();
      return true;
    }

    @Override
    public void close() {
      for (var runtime : runtimes) {
        places.computeIfPresent(
            runtime,
            (_, place) -> {
              place.waiters().remove(this);
              return place.waiters().isEmpty() ? null : place;
            });
      }
    }
  }

  /// Waits for work for any of these runtimes.
  public Stay enterAll(Map<RuntimeId, WorkspaceId> runtimes) {
    var stay = new Stay(runtimes.keySet());
    runtimes.forEach((runtime, workspace) ->
        places.compute(
            runtime,
            (_, parked) -> {
              var place = parked == null ? new Place(workspace, new ArrayDeque<>()) : parked;
              place.waiters().add(stay);
              return place;
            }));
    return stay;
  }

  @Override
  public int parked() {
    return waiting.get();
  }

  @Override
  public void wake(RuntimeId runtime) {
    places.computeIfPresent(
        runtime,
        (_, place) -> {
          for (var left = place.waiters().size(); left > 0; left--) {
            var stay = place.waiters().remove();
            place.waiters().add(stay);
            if (stay.ring()) {
              break;
            }
          }
          return place;
        });
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
    places
        .keySet()
        .forEach(runtime ->
            places.computeIfPresent(
                runtime,
                (_, place) -> {
                  place.waiters().forEach(Stay::ring);
                  return place;
                }));
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
