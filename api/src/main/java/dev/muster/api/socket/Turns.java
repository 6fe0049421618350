package dev.muster.api.socket;

import dev.muster.events.id.WorkspaceId;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Semaphore;

/// So many at a time, and fewer for one workspace: however many wait there, another one's next
/// waits for those few alone.
public final class Turns {
  private final Semaphore all;
  private final int ofOneMax;
  private final ConcurrentMap<WorkspaceId, OfOne> ofOne = new ConcurrentHashMap<>();

  public Turns(int max, int ofOneMax) {
    this.all = new Semaphore(max, true);
    this.ofOneMax = ofOneMax;
  }

  /// A workspace's own turns, kept while somebody has one or waits for one.
  private record OfOne(Semaphore turns, int users) {}

  /// A turn, until it is closed.
  ///
  /// @param own the workspace's turns, of which it is one too
  public record Turn(Turns turns, WorkspaceId workspace, Semaphore own) implements AutoCloseable {
    @Override
    public void close() {
      turns.all.release();
      own.release();
      turns.leave(workspace);
    }
  }

  /// Waits for a turn.
  public Turn take(WorkspaceId workspace) throws InterruptedException {
    var turns = enter(workspace);
    try {
      turns.acquire();
    } catch (InterruptedException e) {
      leave(workspace);
      throw e;
    }
    try {
      all.acquire();
    } catch (InterruptedException e) {
      turns.release();
      leave(workspace);
      throw e;
    }
    return new Turn(this, workspace, turns);
  }

  private Semaphore enter(WorkspaceId workspace) {
    return ofOne
        .merge(
            workspace,
            new OfOne(new Semaphore(ofOneMax, true), 1),
            (there, _) -> new OfOne(there.turns(), there.users() + 1))
        .turns();
  }

  private void leave(WorkspaceId workspace) {
    ofOne.computeIfPresent(
        workspace,
        (_, there) -> there.users() == 1 ? null : new OfOne(there.turns(), there.users() - 1));
  }
}
