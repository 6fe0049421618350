package dev.muster.api.task;

import dev.muster.api.access.Caller;
import dev.muster.api.edge.Input;
import dev.muster.api.queue.Parking;
import dev.muster.events.id.RuntimeId;
import dev.muster.events.id.TaskId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.task.TaskState;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/// Takes reports: moves the task, and where that was not possible finds out why.
@Component
class Reports {
  private final ReportStore store;
  private final TaskStore tasks;
  private final Parking parking;

  Reports(ReportStore store, TaskStore tasks, Parking parking) {
    this.store = store;
    this.tasks = tasks;
    this.parking = parking;
  }

  /// @param generation the claim the reporter holds; null for daemons that do not know of it
  /// @param move the guarded change
  Report take(
      Report.Kind kind,
      Caller caller,
      String id,
      @Nullable Long generation,
      Function<ReportStore.Writer, Optional<TaskView>> move) {
    var task = Input.lenientId(id).map(TaskId::new);
    if (task.isEmpty()) {
      return new Report.Unknown();
    }
    var moved =
        move.apply(new ReportStore.Writer(task.get(), List.of(caller.workspaces()), generation));
    if (moved.isPresent()) {
      freed(moved.get());
      return new Report.Accepted(moved.get());
    }
    return explain(kind, caller, task.get(), generation);
  }

  ReportStore store() {
    return store;
  }

  /// A slot is free: the next claim of this instance need not wait for the feed to say so.
  private void freed(TaskView task) {
    var runtime = task.runtimeId();
    if (runtime != null && TaskState.of(task.status()).isFinal()) {
      parking.wake(new RuntimeId(runtime));
    }
  }

  private Report explain(Report.Kind kind, Caller caller, TaskId id, @Nullable Long generation) {
    var found = tasks.find(id);
    if (found.isEmpty()) {
      return new Report.Unknown();
    }
    var task = found.get();
    if (!caller.isMember(new WorkspaceId(task.workspaceId()))) {
      return new Report.Foreign();
    }
    if (generation != null && generation != task.claimGeneration()) {
      return new Report.Fenced(task);
    }
    return kind.against(TaskState.of(task.status()), task);
  }
}
