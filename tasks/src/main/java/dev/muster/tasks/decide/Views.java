package dev.muster.tasks.decide;

import dev.muster.events.id.RuntimeId;
import dev.muster.events.id.ScheduleId;
import dev.muster.events.id.TaskId;
import dev.muster.events.task.FailureReason;
import dev.muster.tasks.command.ClaimedTask;
import dev.muster.tasks.command.TaskView;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Tasks as clients see them.
public final class Views {
  private Views() {}

  public static TaskView of(Task task) {
    var place = task.place();
    var lease = task.lease();
    var end = task.end();
    var deadline = task.deadline();
    return new TaskView(
        task.id().value(),
        task.agent().value(),
        value(place.runtime()),
        task.issue().value(),
        task.state().wire(),
        task.terms().priority(),
        lease.dispatchedAt(),
        lease.startedAt(),
        end.at(),
        end.result(),
        end.error(),
        task.createdAt(),
        task.workspace().value(),
        task.attempt(),
        task.terms().maxAttempts(),
        task.generation(),
        place.assignedAt(),
        wire(end.reason()),
        lease.cancelRequestedAt(),
        place.runAfter(),
        deadline == null ? null : deadline.at(),
        task.terms().concurrencyKey(),
        task.terms().limits().timeoutSeconds(),
        task.terms().limits().idleTimeoutSeconds(),
        json(task.comments()),
        value(task.parent()),
        value(end.redrivenBy()),
        value(task.terms().schedule()));
  }

  /// A claimed task. It goes on with its own session if that is of the same runtime, else with that
  /// of the agent's last completed run there.
  ///
  /// @param agent name, instructions, skills and their files, a JSON object
  static ClaimedTask claimed(Situation.Loaded loaded, String agent) {
    var task = loaded.task();
    var own = task.session();
    var runtime = Objects.requireNonNull(task.place().runtime(), "a claimed task has a runtime");
    var session = own.id() != null && runtime.equals(own.runtime()) ? own : loaded.prior();
    return new ClaimedTask(
        task.id().value(),
        task.agent().value(),
        runtime.value(),
        task.issue().value(),
        task.state().wire(),
        task.terms().priority(),
        task.lease().dispatchedAt(),
        task.lease().startedAt(),
        task.end().at(),
        task.end().result(),
        task.end().error(),
        agent,
        task.createdAt(),
        session.id(),
        session.workDir(),
        task.workspace().value(),
        task.attempt(),
        task.terms().maxAttempts(),
        task.generation(),
        loaded.issueTitle(),
        loaded.description(),
        task.comments().isEmpty() ? null : json(task.comments()),
        task.terms().limits().timeoutSeconds(),
        null);
  }

  private static String json(List<UUID> ids) {
    return ids.stream().map(id -> "\"" + id + "\"").collect(Collectors.joining(",", "[", "]"));
  }

  private static @Nullable UUID value(@Nullable RuntimeId id) {
    return id == null ? null : id.value();
  }

  private static @Nullable UUID value(@Nullable ScheduleId id) {
    return id == null ? null : id.value();
  }

  private static @Nullable UUID value(@Nullable TaskId id) {
    return id == null ? null : id.value();
  }

  private static @Nullable String wire(@Nullable FailureReason reason) {
    return reason == null ? null : reason.wire();
  }
}
