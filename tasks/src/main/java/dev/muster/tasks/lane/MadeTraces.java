package dev.muster.tasks.lane;

import dev.muster.events.id.TaskId;
import dev.muster.events.trace.TraceContext;
import dev.muster.tasks.command.TaskCommand;
import dev.muster.tasks.decide.Changes.Traced;
import dev.muster.tasks.decide.Decision;
import dev.muster.tasks.decide.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Which of the tasks that a batch makes came from whom.
final class MadeTraces {
  private MadeTraces() {}

  /// @param traces what asked for the commands, in their order
  static List<Traced> of(
      List<? extends TaskCommand<?>> commands,
      List<@Nullable TraceContext> traces,
      Decision decision) {
    var made = decision.changes().made().stream().map(Task::id).collect(Collectors.toSet());
    var traced = new ArrayList<Traced>();
    for (var i = 0; i < commands.size(); i++) {
      var trace = traces.get(i);
      if (trace != null) {
        asked(commands.get(i), decision.answers().get(i)).stream()
            .filter(made::remove)
            .forEach(task -> traced.add(new Traced(task, trace)));
      }
    }
    return traced;
  }

  /// The tasks that the command makes, if it makes any.
  private static List<TaskId> asked(TaskCommand<?> command, @Nullable Object answer) {
    return switch (command) {
      case TaskCommand.Create create ->
          create.task() == null ? List.of() : List.of(create.task().id());
      case TaskCommand.Enqueue enqueue -> List.of(enqueue.task());
      case TaskCommand.Rerun rerun -> List.of(rerun.task());
      case TaskCommand.Redrive _ ->
          answer instanceof List<?> tasks
              ? tasks.stream().map(TaskId.class::cast).toList()
              : List.of();
      case TaskCommand.Report _,
          TaskCommand.Claim _,
          TaskCommand.Repeat _,
          TaskCommand.Cancel _,
          TaskCommand.CancelOpen _,
          TaskCommand.EndActive _,
          TaskCommand.PassDeadlines _,
          TaskCommand.Assign _ ->
          List.of();
    };
  }
}
