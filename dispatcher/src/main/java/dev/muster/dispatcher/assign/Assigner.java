package dev.muster.dispatcher.assign;

import dev.muster.events.id.WorkspaceId;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/// Looks at a workspace and assigns everything in it that can be assigned, in one transaction a
/// batch.
@Component
class Assigner {
  private final AssignStore store;
  private final TransactionTemplate transaction;

  Assigner(AssignStore store, TransactionTemplate transaction) {
    this.store = store;
    this.transaction = transaction;
  }

  void look(WorkspaceId workspace) {
    int assigned;
    do {
      var batch = transaction.execute(_ -> assign(workspace));
      assigned = batch == null ? 0 : batch;
    } while (assigned == AssignStore.BATCH_MAX);
  }

  /// Returns the larger of the two batches: a full one means that there may be more.
  private int assign(WorkspaceId workspace) {
    store.lock(workspace);
    var pinned = store.assignPinned(workspace);
    var waiting = store.waiting(workspace);
    if (waiting.isEmpty()) {
      return pinned;
    }
    var assignments = Placement.assign(waiting, store.candidates(workspace));
    return assignments.isEmpty() ? pinned : Math.max(pinned, store.assign(assignments));
  }
}
