package dev.muster.api.task;

import dev.muster.api.access.Caller;
import dev.muster.api.edge.Input;
import dev.muster.api.queue.Parking;
import dev.muster.api.task.ReportStore.Writer;
import dev.muster.events.id.RuntimeId;
import dev.muster.events.id.TaskId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.task.Command;
import dev.muster.events.task.Generation;
import dev.muster.events.task.Outcome;
import dev.muster.events.task.TaskState;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Component;

/// Takes what runtimes write about their tasks, and where a write changed nothing finds out why.
@Component
class Reports {
  /// How often a write is made again whose task changed while the reason was looked for.
  private static final int TRIES = 3;

  private final TaskStore tasks;
  private final Parking parking;

  Reports(TaskStore tasks, Parking parking) {
    this.tasks = tasks;
    this.parking = parking;
  }

  /// @param generation the claim the writer holds; null for daemons that do not know of it
  /// @param write the guarded change
  Report take(
      Command command,
      Caller caller,
      String id,
      @Nullable Long generation,
      Function<Writer, Optional<TaskView>> write) {
    var task = Input.lenientId(id).map(TaskId::new);
    if (task.isEmpty()) {
      return new Report.Unknown();
    }
    var writer = new Writer(task.get(), List.of(caller.workspaces()), generation);
    Report refusal = new Report.Unknown();
    for (var tries = 0; tries < TRIES; tries++) {
      var written = written(write, writer);
      if (written.isPresent()) {
        freed(written.get());
        return new Report.Accepted(written.get());
      }
      var why = explain(command, caller, writer);
      if (why.isPresent()) {
        return why.get();
      }
      refusal = tasks.find(task.get()).<Report>map(Report.WrongState::new).orElse(refusal);
    }
    return refusal;
  }

  /// Makes the change, and makes it again if it would have put the task into the queue beside one
  /// of the same agent and issue that came there at the same moment: by then that one is seen.
  private static Optional<TaskView> written(
      Function<Writer, Optional<TaskView>> write, Writer writer) {
    try {
      return write.apply(writer);
    } catch (DuplicateKeyException e) {
      return write.apply(writer);
    }
  }

  /// A slot is free: the next claim of this instance need not wait for the feed to say so.
  private void freed(TaskView task) {
    var runtime = task.runtimeId();
    if (runtime != null && TaskState.of(task.status()).isFinal()) {
      parking.wake(new RuntimeId(runtime));
    }
  }

  /// Why the write changed nothing; empty if by now it would.
  private Optional<Report> explain(Command command, Caller caller, Writer writer) {
    var found = tasks.find(writer.task());
    if (found.isEmpty()) {
      return Optional.of(new Report.Unknown());
    }
    var task = found.get();
    if (!caller.isMember(new WorkspaceId(task.workspaceId()))) {
      return Optional.of(new Report.Foreign());
    }
    return switch (command.on(task.standing(), generation(writer.generation(), task))) {
      case Outcome.Moves _, Outcome.Taken _ -> Optional.empty();
      case Outcome.Repeated _ -> Optional.of(new Report.Accepted(task));
      case Outcome.Late _ -> Optional.of(new Report.Late(task));
      case Outcome.Fenced _ -> Optional.of(new Report.Fenced(task));
      case Outcome.Refused _ -> Optional.of(new Report.WrongState(task));
    };
  }

  private static Generation generation(@Nullable Long sent, TaskView task) {
    if (sent == null) {
      return Generation.NONE;
    }
    return sent == task.claimGeneration() ? Generation.CURRENT : Generation.OLD;
  }
}
