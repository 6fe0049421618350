package dev.muster.tasks.memory;

import dev.muster.events.id.RuntimeId;
import dev.muster.events.id.TaskId;
import dev.muster.events.task.DeadlineReason;
import dev.muster.events.task.TaskState;
import dev.muster.tasks.command.Deadlines;
import dev.muster.tasks.decide.Task;
import dev.muster.tasks.decide.Task.Deadline;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Deadlines that are moved while nothing else happens to their tasks, in memory: what
/// `TaskDeadlines`, `IdleRuns` and `HeldTasks` do in Postgres.
public final class MemoryDeadlines {
  private final Rows rows;
  private final Deadlines settings;

  public MemoryDeadlines(Rows rows, Deadlines settings) {
    this.rows = rows;
    this.settings = settings;
  }

  /// Overdue tasks, the longest overdue first.
  public List<TaskId> overdue() {
    return rows.tasks(task -> !task.state().isFinal() && at(task).isBefore(rows.now))
        .sorted(Comparator.comparing(MemoryDeadlines::at))
        .map(Task::id)
        .toList();
  }

  /// Lets runs go on whose idle deadline has passed, and whose agents gave a sign meanwhile.
  public void keepActive() {
    move(
        task ->
            task.state() == TaskState.RUNNING
                && isDue(task, DeadlineReason.DEADLINE_IDLE)
                && at(task).isBefore(rows.now)
                && isActive(task),
        task -> ofRun(task, heard(task)));
  }

  private boolean isActive(Task task) {
    var idle = task.terms().limits().idle(settings);
    return idle == null || heard(task).plus(idle).isAfter(rows.now);
  }

  private Instant heard(Task task) {
    var started = Objects.requireNonNull(task.lease().startedAt(), "it runs");
    var heard = rows.heard.getOrDefault(task.id(), started);
    return heard.isAfter(started) ? heard : started;
  }

  private static Instant at(Task task) {
    var deadline = task.deadline();
    return deadline == null ? Instant.MAX : deadline.at();
  }

  public void giveBackAssigned(RuntimeId runtime) {
    move(
        task ->
            runtime.equals(task.place().runtime())
                && task.state() == TaskState.QUEUED
                && task.place().ready()
                && !task.needs().pinned()
                && task.place().assignedAt() != null,
        _ -> new Deadline(rows.now, DeadlineReason.ASSIGNED));
  }

  /// Bounds what runs on a runtime that went offline.
  public void boundRuns(RuntimeId runtime) {
    var grace = rows.now.plus(settings.reconnectGrace());
    move(
        task ->
            runs(task, runtime)
                && (at(task).isAfter(grace) || isDue(task, DeadlineReason.DEADLINE_IDLE)),
        _ -> new Deadline(grace, DeadlineReason.RUNTIME_LOST));
  }

  public void unboundRuns(RuntimeId runtime) {
    move(task -> runs(task, runtime) && isDue(task, DeadlineReason.RUNTIME_LOST), this::ofRun);
  }

  /// Puts off deadlines that passed while no server was there to keep them.
  public void putOff(Duration away) {
    var soon = rows.now.plus(settings.silence());
    move(
        task -> task.isActive() && at(task).isBefore(soon),
        deadline -> new Deadline(at(deadline).plus(away), reason(deadline)));
  }

  /// What a runtime is to do about a task.
  public enum Action {
    KEEP,
    CANCEL,
    UNKNOWN,
    REPORT_AGAIN
  }

  /// What the runtime is to do about each task that it names.
  ///
  /// @param named the tasks that the runtime names, each with the claim it holds it by
  public Map<TaskId, Action> reconcile(RuntimeId runtime, Map<TaskId, Long> named) {
    var lost = rows.now.plus(settings.reportLost());
    move(
        task ->
            runs(task, runtime)
                && (isDue(task, DeadlineReason.DEADLINE_RUN)
                    || isDue(task, DeadlineReason.DEADLINE_IDLE))
                && !named.containsKey(task.id()),
        task ->
            new Deadline(at(task).isBefore(lost) ? at(task) : lost, DeadlineReason.REPORT_LOST));
    move(
        task ->
            runs(task, runtime)
                && isDue(task, DeadlineReason.REPORT_LOST)
                && Objects.equals(named.get(task.id()), task.generation()),
        this::ofRun);
    var actions = new TreeMap<TaskId, Action>(Comparator.comparing(TaskId::value));
    named.forEach((id, generation) -> actions.put(id, action(runtime, id, generation)));
    return actions;
  }

  private Action action(RuntimeId runtime, TaskId id, long generation) {
    var task = rows.tasks.get(id);
    if (task == null
        || !task.isActive()
        || !runtime.equals(task.place().runtime())
        || task.generation() != generation) {
      return Action.UNKNOWN;
    }
    if (task.isCancelRequested()) {
      return Action.CANCEL;
    }
    return task.state() == TaskState.DISPATCHED ? Action.REPORT_AGAIN : Action.KEEP;
  }

  private Deadline ofRun(Task task) {
    return ofRun(task, rows.now);
  }

  /// @param heard when its agent gave a sign last
  private Deadline ofRun(Task task, Instant heard) {
    var started = Objects.requireNonNull(task.lease().startedAt(), "it runs");
    var limits = task.terms().limits();
    var run = started.plus(limits.run(settings));
    var idle = limits.idle(settings);
    return idle == null || !heard.plus(idle).isBefore(run)
        ? new Deadline(run, DeadlineReason.DEADLINE_RUN)
        : new Deadline(heard.plus(idle), DeadlineReason.DEADLINE_IDLE);
  }

  private static boolean runs(Task task, RuntimeId runtime) {
    return task.state() == TaskState.RUNNING && runtime.equals(task.place().runtime());
  }

  private static boolean isDue(Task task, DeadlineReason reason) {
    return task.deadline() != null && task.deadline().reason() == reason;
  }

  private static DeadlineReason reason(Task task) {
    return Objects.requireNonNull(task.deadline(), "an active task has a deadline").reason();
  }

  /// A deadline for a task.
  private interface Bound {
    Deadline of(Task task);
  }

  private void move(Predicate<Task> which, Bound bound) {
    rows.tasks(which)
        .toList()
        .forEach(task -> rows.tasks.put(task.id(), with(task, bound.of(task))));
  }

  /// The task with another deadline.
  public static Task with(Task task, @Nullable Deadline deadline) {
    return new Task(
        task.id(),
        task.workspace(),
        task.agent(),
        task.issue(),
        task.createdAt(),
        task.parent(),
        task.needs(),
        task.terms(),
        task.state(),
        task.attempt(),
        task.generation(),
        task.seq(),
        task.place(),
        task.lease(),
        deadline,
        task.session(),
        task.end(),
        task.comments());
  }
}
