package dev.muster.tasks.memory;

import dev.muster.events.id.TaskId;
import dev.muster.tasks.decide.Changes;
import dev.muster.tasks.decide.Situation.Made;
import dev.muster.tasks.decide.Situation.ScopedKey;
import dev.muster.tasks.decide.Task;
import dev.muster.tasks.decide.UuidOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.dao.DuplicateKeyException;

/// Writes what a batch has changed to memory: all of it, or, where a guard is violated, nothing.
final class MemoryWrite {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final Rows rows;

  /// What was there before, of what has been written so far.
  private final Map<TaskId, List<Task>> replaced = new HashMap<>();

  MemoryWrite(Rows rows) {
    this.rows = rows;
  }

  void write(Changes changes) {
    try {
      // What ends before what begins, as in Postgres: the one may hold the other's key.
      changes.changed().stream()
          .sorted(
              Comparator.comparing(
                  (Changes.Changed row) -> row.after().id().value(), UuidOrder.AS_IN_POSTGRES))
          .forEach(this::update);
      changes.made().stream().sorted(byId()).forEach(this::insert);
      for (var key : changes.keys()) {
        if (rows.keys.containsKey(new ScopedKey(key.scope(), key.key().key()))) {
          throw new DuplicateKeyException("idempotency_key " + key);
        }
      }
    } catch (RuntimeException e) {
      replaced.forEach((id, before) -> {
        if (before.isEmpty()) {
          rows.tasks.remove(id);
        } else {
          rows.tasks.put(id, before.getFirst());
        }
      });
      throw e;
    }
    beside(changes);
  }

  private static Comparator<Task> byId() {
    return Comparator.comparing((Task task) -> task.id().value(), UuidOrder.AS_IN_POSTGRES);
  }

  private void insert(Task task) {
    if (rows.tasks.containsKey(task.id())) {
      throw new DuplicateKeyException("task " + task.id());
    }
    put(task);
  }

  private void update(Changes.Changed row) {
    var was = rows.tasks.get(row.after().id());
    if (was == null || was.seq() != row.before().seq() || was.state() != row.before().state()) {
      throw new IllegalStateException("was not as it had been loaded: " + row.before());
    }
    put(row.after());
  }

  private static boolean isNew(Task task) {
    return Rows.isQueued(task) && task.generation() == 0;
  }

  /// The unique indexes: one active task and one that nobody has claimed yet for each agent and
  /// issue, one active for each concurrency key.
  private void put(Task task) {
    var was = rows.tasks.get(task.id());
    replaced.putIfAbsent(task.id(), was == null ? List.of() : new ArrayList<>(List.of(was)));
    var others = rows.tasks(other -> !other.id().equals(task.id())).toList();
    for (var other : others) {
      var isSameWork = other.agent().equals(task.agent()) && other.issue().equals(task.issue());
      if (isSameWork && other.isActive() && task.isActive()) {
        throw new DuplicateKeyException("task_active_agent_issue " + task);
      }
      if (isSameWork && isNew(other) && isNew(task)) {
        throw new DuplicateKeyException("task_queued_issue_agent " + task);
      }
      if (task.terms().concurrencyKey() != null
          && task.terms().concurrencyKey().equals(other.terms().concurrencyKey())
          && task.workspace().equals(other.workspace())
          && other.isActive()
          && task.isActive()) {
        throw new DuplicateKeyException("task_active_key " + task);
      }
    }
    rows.tasks.put(task.id(), task);
  }

  private void beside(Changes changes) {
    for (var made : changes.issues()) {
      var issue = made.issue();
      rows.issues.put(
          issue.id(),
          new Rows.Issue(
              issue.id(),
              made.workspace(),
              made.number(),
              issue.title(),
              issue.status(),
              issue.description()));
    }
    rows.attempts.addAll(changes.attempts());
    rows.comments.addAll(changes.comments());
    for (var key : changes.keys()) {
      rows.keys.put(
          new ScopedKey(key.scope(), key.key().key()),
          new Made(key.task(), key.generation(), key.key().hash()));
    }
    changes.paces().forEach(this::pace);
    rows.events.addAll(changes.events());
  }

  private void pace(Changes.Pace pace) {
    var rate = pace.ratePerMinute() == null ? 60_000 : pace.ratePerMinute();
    var before = rows.paces.get(pace.agent());
    var from = before == null || before.nextAt().isBefore(rows.now) ? rows.now : before.nextAt();
    rows.paces.put(
        pace.agent(),
        new Rows.Pace(rows.now, from.plus(MINUTE.multipliedBy(pace.tasks()).dividedBy(rate))));
  }
}
