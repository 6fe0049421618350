package dev.muster.tasks.simulation;

import dev.muster.events.EventType;
import dev.muster.events.id.TaskId;
import dev.muster.events.task.TaskState;
import dev.muster.tasks.decide.Changes;
import dev.muster.tasks.decide.Task;
import dev.muster.tasks.memory.Rows;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What must hold: held against rows and events alone, whatever the store and the Decider believe.
///
/// Rows are never changed but replaced, so whether one changed is whether it is another object.
@SuppressWarnings("ReferenceEquality")
final class Invariants {
  private final Simulation sim;
  private final Map<TaskId, Task> rows = new HashMap<>();
  private final Map<TaskId, Instant> boundAt = new HashMap<>();
  private final Map<String, TaskId> keys = new HashMap<>();
  private final Set<Claim> claims = new HashSet<>();
  private int told;

  Invariants(Simulation sim) {
    this.sim = sim;
  }

  private static void require(boolean holds, Supplier<String> what) {
    if (!holds) {
      throw new Violation(what.get());
    }
  }

  /// A claim that is answered was not answered before, unless with the same key.
  void granted(Claim claim, String key) {
    var isNew = claims.add(claim);
    sim.require(
        isNew || (!key.isEmpty() && claim.task().equals(keys.get(key))),
        () -> "a claim was answered twice: " + claim);
    made(key, claim.task());
  }

  /// A key has made one task.
  void made(String key, TaskId task) {
    var before = key.isEmpty() ? null : keys.putIfAbsent(key, task);
    sim.require(
        before == null || before.equals(task), () -> key + " made " + before + " and " + task);
  }

  void committed(Changes changes) {
    changes.events().forEach(event -> sim.seen.add(event.type().wire().replace("task.", "")));
    changes.attempts().forEach(attempt -> sim.seen.add("ended: " + attempt.reason()));
    for (var changed : changes.changed()) {
      var end = changed.after().end().reason();
      if (end != null && changed.after().state().isFinal()) {
        sim.seen.add("ended: " + end);
      }
      if (changed.before().state() == TaskState.DISPATCHED
          && changed.after().state() == TaskState.DISPATCHED
          && changed.before().generation() < changed.after().generation()) {
        sim.seen.add("delivered again");
      }
    }
    if (changes.made().stream().anyMatch(Task::isActive)) {
      sim.seen.add("a claim served with a create");
    }
    if (changes.made().size() + changes.changed().size() > 1) {
      sim.seen.add("a batch of several");
    }
  }

  void check() {
    var events = new HashMap<UUID, List<Changes.TaskEvent>>();
    var all = sim.server.rows().events;
    all.subList(told, all.size())
        .forEach(
            event -> events.computeIfAbsent(event.subject(), _ -> new ArrayList<>()).add(event));
    told = all.size();
    var changed = false;
    for (var task : sim.server.rows().tasks.values()) {
      var before = rows.put(task.id(), task);
      if (before != task) {
        compare(task, before, events.getOrDefault(task.id().value(), List.of()));
        changed = true;
      }
      checkDeadline(task);
    }
    if (changed) {
      checkCaps(sim.server.rows());
    }
  }

  private void checkDeadline(Task task) {
    var deadline = task.deadline();
    var bound = Objects.requireNonNull(boundAt.get(task.id()));
    require(
        deadline == null
            || !deadline.at().isBefore(sim.sweeper.lastAt())
            || !bound.isBefore(sim.sweeper.lastAt()),
        () -> "a sweep has passed over " + task);
  }

  private void compare(Task row, @Nullable Task before, List<Changes.TaskEvent> events) {
    if (before == null || !Objects.equals(before.deadline(), row.deadline())) {
      boundAt.put(row.id(), sim.server.rows().now);
    }
    require(
        before == null
            || !before.state().isFinal()
            || (before.seq() == row.seq() && before.state() == row.state()),
        () -> "it was over: " + before + ", and became " + row);
    var seq = before == null ? 0 : before.seq();
    var state = before == null ? TaskState.QUEUED : before.state();
    var generation = before == null ? 0 : before.generation();
    for (var event : events) {
      var was = state;
      require(
          Objects.equals(event.seq(), ++seq), () -> "event " + event + " is out of order: " + row);
      state = TaskState.of(text(event.data(), "\"status\":\""));
      var is = state;
      require(
          (event.type() == EventType.TASK_QUEUED && Objects.equals(event.seq(), 1L))
              || was.canBecome(is),
          () -> was + " became " + is + " by " + event.type() + ": " + row);
      if (event.type() == EventType.TASK_DISPATCHED) {
        require(
            was == TaskState.QUEUED || was == TaskState.DISPATCHED,
            () -> "claimed while " + was + ": " + row);
        generation++;
      }
      var expected = generation;
      require(
          text(event.data(), "\"claim_generation\":").equals(Long.toString(expected)),
          () -> "the generation is not " + expected + ": " + event);
    }
    require(
        row.seq() == seq && row.state() == state && row.generation() == generation,
        () -> "a change was not told: from " + before + " to " + row);
    checkRow(row, before);
  }

  private static void checkRow(Task row, @Nullable Task before) {
    require(
        before == null
            || row.attempt() == before.attempt()
            || row.attempt() <= row.terms().maxAttempts(),
        () -> "too many attempts: " + row);
    require(
        before == null
            || !before.isCancelRequested()
            || row.isCancelRequested()
            || row.state() == TaskState.CANCELLED,
        () -> "a cancel was forgotten: " + row);
    require(fits(row), () -> "the deadline is of another state: " + row);
  }

  private static boolean fits(Task row) {
    var deadline = row.deadline();
    if (deadline == null) {
      return row.state().isFinal() || (row.state() == TaskState.QUEUED && row.place().ready());
    }
    return switch (deadline.reason()) {
      case READY -> row.state() == TaskState.QUEUED && !row.place().ready();
      case ASSIGNED, EXPIRED -> row.state() == TaskState.QUEUED && row.place().ready();
      case DEADLINE_START -> row.state() == TaskState.DISPATCHED;
      case DEADLINE_RUN, DEADLINE_IDLE, REPORT_LOST, RUNTIME_LOST ->
          row.state() == TaskState.RUNNING && !row.isCancelRequested();
      case CANCELLED -> row.isCancelRequested();
    };
  }

  private static String text(String json, String name) {
    var from = json.indexOf(name) + name.length();
    var to = from;
    while (Character.isLetterOrDigit(json.charAt(to))) {
      to++;
    }
    return json.substring(from, to);
  }

  private void checkCaps(Rows all) {
    var active = all.tasks(Task::isActive).toList();
    for (var task : active) {
      var runtime = Objects.requireNonNull(task.place().runtime());
      require(
          all.activeOn(runtime) <= sim.server.worker(runtime).cap,
          () -> "runtime is over its cap: " + task);
      require(
          all.activeOf(task.agent())
              <= Objects.requireNonNull(all.agents.get(task.agent())).maxConcurrentTasks(),
          () -> "agent is over its cap: " + task);
      for (var other : active) {
        require(
            other == task
                || !(other.agent().equals(task.agent()) && other.issue().equals(task.issue())),
            () -> "an issue's work is done twice at once: " + task);
        require(
            other == task
                || task.terms().concurrencyKey() == null
                || !task.terms().concurrencyKey().equals(other.terms().concurrencyKey()),
            () -> "two tasks of one concurrency key run at once: " + task);
      }
    }
  }

  /// Each task's story is whole, and ends once.
  void finish() {
    var rowsNow = sim.server.rows();
    for (var task : rowsNow.tasks.values()) {
      var story =
          rowsNow.events.stream()
              .filter(event -> event.subject().equals(task.id().value()))
              .toList();
      var ends =
          story.stream()
              .filter(event ->
                  event.type() == EventType.TASK_COMPLETED
                      || event.type() == EventType.TASK_FAILED
                      || event.type() == EventType.TASK_CANCELLED)
              .count();
      require(ends == (task.state().isFinal() ? 1 : 0), () -> ends + " ends: " + task);
      require(task.seq() == story.size(), () -> "events are missing: " + task);
    }
  }
}
