package dev.muster.dispatcher.assign;

import dev.muster.events.id.WorkspaceId;
import dev.muster.tasks.command.TaskCommand;
import dev.muster.tasks.decide.Placement;
import dev.muster.tasks.decide.Placement.Assignment;
import dev.muster.tasks.lane.Tasks;
import dev.muster.tasks.store.Assignments;
import java.util.List;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/// Looks at a workspace and assigns everything in it that can be assigned, in one transaction a
/// batch.
@Component
class Assigner {
  private final Assignments assignments;
  private final Tasks tasks;
  private final TransactionTemplate transaction;

  Assigner(Assignments assignments, Tasks tasks, TransactionTemplate transaction) {
    this.assignments = assignments;
    this.tasks = tasks;
    this.transaction = transaction;
  }

  void look(WorkspaceId workspace) {
    int assigned;
    do {
      var batch = transaction.execute(_ -> assign(workspace));
      assigned = batch == null ? 0 : batch;
    } while (assigned == Assignments.BATCH_MAX);
  }

  /// Returns the larger of the two batches: a full one means that there may be more.
  private int assign(WorkspaceId workspace) {
    assignments.lock(workspace);
    var pinned = assign(assignments.pinned(workspace));
    var waiting = assignments.waiting(workspace);
    if (waiting.isEmpty()) {
      return pinned;
    }
    var chosen = Placement.assign(waiting, assignments.candidates(workspace));
    return Math.max(pinned, assign(chosen));
  }

  private int assign(List<Assignment> chosen) {
    return chosen.isEmpty()
        ? 0
        : tasks.within(
            new TaskCommand.Assign(
                chosen.stream().collect(Collectors.toMap(Assignment::task, Assignment::runtime))));
  }
}
