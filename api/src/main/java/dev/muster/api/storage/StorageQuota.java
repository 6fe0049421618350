package dev.muster.api.storage;

import dev.muster.api.edge.Refused;
import dev.muster.events.feed.Outbox;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.storage.StoredBytes;
import dev.muster.events.storage.StoredBytes.Fullness;
import java.util.function.BooleanSupplier;
import org.springframework.stereotype.Component;

/// Keeps a workspace from getting larger than it may. Deleting, cancelling and reading are never
/// asked about, and neither is what a runtime reports of work that was queued.
@Component
public class StorageQuota {
  private final StoredBytes stored;

  StorageQuota(StoredBytes stored) {
    this.stored = stored;
  }

  /// For what makes something new.
  ///
  /// @throws Refused 409 if the workspace is full
  public void requireRoom(WorkspaceId workspace) {
    if (stored.isFull(workspace)) {
      throw Refused.storageFull(stored.used(workspace), stored.max());
    }
  }

  /// For what may have been asked before, and is then answered as it was.
  ///
  /// @param isMade asked only where there is no room
  public void requireRoomUnless(WorkspaceId workspace, BooleanSupplier isMade) {
    if (stored.isFull(workspace) && !isMade.getAsBoolean()) {
      requireRoom(workspace);
    }
  }

  /// For what is new and is not made of tasks, which count themselves. Counted after the commit of
  /// the current transaction.
  ///
  /// @throws Refused 409 if the workspace is full
  public void make(WorkspaceId workspace, long bytes) {
    requireRoom(workspace);
    kept(workspace, bytes);
  }

  /// For what leaves texts as they are. It is told in an event, which is kept and may show all of
  /// them, so that it ends where the workspace is overfull.
  ///
  /// @throws Refused 409 if there is no room for it
  public void touch(WorkspaceId workspace) {
    if (stored.fullness(workspace) == Fullness.OVERFULL) {
      requireRoom(workspace);
    }
  }

  /// For what writes texts in place of others: no longer ones, as [#touch] says, or others where
  /// there is room. Counted after the commit of the current transaction.
  ///
  /// @param before the bytes that were there
  /// @param after the bytes that are there then
  /// @throws Refused 409 if there is no room for it
  public void change(WorkspaceId workspace, long before, long after) {
    if (after > before) {
      requireRoom(workspace);
    }
    touch(workspace);
    kept(workspace, after - before);
  }

  /// Whether the output of what runs is kept. What says how a task has ended always is.
  public boolean keepsOutput(WorkspaceId workspace) {
    return stored.fullness(workspace) != Fullness.OVERFULL;
  }

  /// Counts what is kept after the commit of the current transaction.
  public void kept(WorkspaceId workspace, long bytes) {
    Outbox.afterCommit(() -> stored.add(workspace, bytes));
  }
}
