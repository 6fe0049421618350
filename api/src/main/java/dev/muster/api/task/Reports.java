package dev.muster.api.task;

import dev.muster.api.access.Caller;
import dev.muster.api.attempt.AttemptIds;
import dev.muster.api.task.RunStore.Writer;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.task.Command;
import dev.muster.events.task.Generation;
import dev.muster.events.task.Outcome;
import dev.muster.tasks.command.ReportAnswer;
import dev.muster.tasks.command.Said;
import dev.muster.tasks.command.TaskCommand;
import dev.muster.tasks.command.TaskView;
import dev.muster.tasks.lane.Tasks;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/// Takes what runtimes write about their tasks.
@Component
class Reports {
  /// How often a write is made again whose task changed while the reason was looked for.
  private static final int TRIES = 3;

  private final Tasks tasks;
  private final TaskStore store;
  private final AttemptIds ids;

  Reports(Tasks tasks, TaskStore store, AttemptIds ids) {
    this.tasks = tasks;
    this.store = store;
    this.ids = ids;
  }

  /// Takes what changes the task.
  ///
  /// @param generation the claim the writer holds; null for daemons that do not know of it
  ReportAnswer take(Caller caller, String id, @Nullable Long generation, Said said) {
    return ids.find(id)
        .map(named ->
            new TaskCommand.Report(
                named.task(),
                List.of(caller.workspaces()),
                named.held(generation),
                named.runtime(),
                said))
        .map(report -> tasks.ask(report, report))
        .orElseGet(ReportAnswer.Unknown::new);
  }

  /// Takes what leaves the task as it is: usage, messages, progress.
  ///
  /// @param write made only where the writer holds the task; empty if the guard did not hold
  ReportAnswer write(
      Caller caller,
      String id,
      @Nullable Long generation,
      Function<Writer, Optional<TaskView>> write) {
    var named = ids.find(id);
    if (named.isEmpty()) {
      return new ReportAnswer.Unknown();
    }
    var task = named.get().task();
    var writer = new Writer(task, List.of(caller.workspaces()), named.get().held(generation));
    ReportAnswer refusal = new ReportAnswer.Unknown();
    for (var tries = 0; tries < TRIES; tries++) {
      var written = write.apply(writer);
      if (written.isPresent()) {
        return new ReportAnswer.Accepted(written.get());
      }
      var why = explain(caller, writer);
      if (why.isPresent()) {
        return why.get();
      }
      refusal = store.find(task).<ReportAnswer>map(ReportAnswer.WrongState::new).orElse(refusal);
    }
    return refusal;
  }

  /// Why the write changed nothing; empty if by now it would.
  private Optional<ReportAnswer> explain(Caller caller, Writer writer) {
    var found = store.find(writer.task());
    if (found.isEmpty()) {
      return Optional.of(new ReportAnswer.Unknown());
    }
    var task = found.get();
    if (!caller.isMember(new WorkspaceId(task.workspaceId()))) {
      return Optional.of(new ReportAnswer.Foreign());
    }
    return switch (Command.WRITE.on(task.standing(), generation(writer.generation(), task))) {
      case Outcome.Moves _, Outcome.Taken _ -> Optional.empty();
      case Outcome.Repeated _ -> Optional.of(new ReportAnswer.Accepted(task));
      case Outcome.Late _ -> Optional.of(new ReportAnswer.Late(task));
      case Outcome.Fenced _ -> Optional.of(new ReportAnswer.Fenced(task));
      case Outcome.Refused _ -> Optional.of(new ReportAnswer.WrongState(task));
    };
  }

  private static Generation generation(@Nullable Long sent, TaskView task) {
    if (sent == null) {
      return Generation.NONE;
    }
    return sent == task.claimGeneration() ? Generation.CURRENT : Generation.OLD;
  }
}
