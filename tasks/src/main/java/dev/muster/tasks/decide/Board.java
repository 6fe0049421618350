package dev.muster.tasks.decide;

import dev.muster.events.EventType;
import dev.muster.events.id.AgentId;
import dev.muster.events.id.RuntimeId;
import dev.muster.events.id.TaskId;
import dev.muster.events.task.TaskState;
import dev.muster.tasks.command.Author;
import dev.muster.tasks.command.Deadlines;
import dev.muster.tasks.decide.Situation.ConcurrencyKey;
import dev.muster.tasks.decide.Situation.Loaded;
import dev.muster.tasks.decide.Situation.Pair;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The situation of a batch while it is decided: each command sees the effects of those before it.
///
/// Owned by the thread that decides.
final class Board {
  final Situation situation;
  final Transitions transitions;
  final RandomGenerator random;

  private final Map<TaskId, Loaded> tasks;
  private final Set<TaskId> made = new LinkedHashSet<>();
  private final Map<TaskId, Task> before = new LinkedHashMap<>();
  private final Map<Pair, Integer> queued = new HashMap<>();
  private final Set<Pair> active;
  private final Set<ConcurrencyKey> activeKeys;
  private final Map<AgentId, Integer> activeOfAgent;
  private final Map<RuntimeId, Integer> activeOnRuntime;
  private final List<Changes.MadeIssue> issues = new ArrayList<>();
  private final List<Changes.EndedAttempt> attempts = new ArrayList<>();
  private final List<Changes.Comment> comments = new ArrayList<>();
  private final List<Changes.UsedKey> keys = new ArrayList<>();
  private final List<Changes.TaskEvent> events = new ArrayList<>();
  private final List<Changes.CancelledBy> cancels = new ArrayList<>();
  private final Map<AgentId, Changes.Pace> paces = new LinkedHashMap<>();

  Board(Situation situation, Deadlines deadlines, RandomGenerator random) {
    this.situation = situation;
    this.transitions = new Transitions(situation.now, deadlines);
    this.random = random;
    tasks = new HashMap<>(situation.tasks);
    active = new HashSet<>(situation.activePairs);
    activeKeys = new HashSet<>(situation.activeKeys);
    activeOfAgent = new HashMap<>(situation.activeOfAgent);
    activeOnRuntime = new HashMap<>(situation.activeOnRuntime);
    situation
        .tasks
        .values()
        .forEach(loaded -> {
          if (loaded.task().state() == TaskState.QUEUED) {
            queued.merge(Pair.of(loaded.task()), 1, Integer::sum);
          } else if (loaded.task().isActive()) {
            active.add(Pair.of(loaded.task()));
          }
        });
  }

  /// The task as it is by now; null if it is not there, or somebody else has locked it.
  @Nullable Loaded find(TaskId task) {
    return tasks.get(task);
  }

  Task task(TaskId task) {
    return Objects.requireNonNull(tasks.get(task), "a task that was loaded").task();
  }

  /// Whether the agent has a queued task on the issue. One that is not loaded counts if it stands
  /// beside a task that is to be redriven.
  boolean hasQueued(Pair pair) {
    return queued.getOrDefault(pair, 0) > 0 || situation.queuedPairs.contains(pair);
  }

  boolean hasActive(Pair pair) {
    return active.contains(pair);
  }

  boolean isKeyBusy(Task task) {
    var key = task.terms().concurrencyKey();
    return key != null && activeKeys.contains(new ConcurrencyKey(task.workspace(), key));
  }

  int activeOf(AgentId agent) {
    return activeOfAgent.getOrDefault(agent, 0);
  }

  int activeOn(RuntimeId runtime) {
    return activeOnRuntime.getOrDefault(runtime, 0);
  }

  /// Adds a new task with its first event.
  Task make(Loaded loaded) {
    var task = loaded.task();
    made.add(task.id());
    tasks.put(task.id(), loaded);
    queued.merge(Pair.of(task), 1, Integer::sum);
    event(EventType.TASK_QUEUED, task);
    return task;
  }

  /// Changes a task without an event: its story stays the same.
  void keep(Task after) {
    var loaded = Objects.requireNonNull(tasks.get(after.id()), "a task that was loaded");
    if (!made.contains(after.id())) {
      before.putIfAbsent(after.id(), loaded.task());
    }
    count(loaded.task(), after);
    tasks.put(
        after.id(),
        new Loaded(
            after,
            loaded.issueTitle(),
            loaded.issueStatus(),
            loaded.description(),
            loaded.prior()));
  }

  /// Changes a task, and tells so in its next event. Returns the task as it is from then on.
  Task tell(EventType type, Task after) {
    var next = after.withNextSeq();
    keep(next);
    event(type, next);
    return next;
  }

  private void event(EventType type, Task task) {
    events.add(
        new Changes.TaskEvent(
            task.workspace(), type, task.id().value(), task.seq(), EventData.task(task)));
  }

  private void count(Task was, Task is) {
    var pair = Pair.of(is);
    if (was.state() == is.state()) {
      return;
    }
    if (was.isActive() != is.isActive()) {
      var step = is.isActive() ? 1 : -1;
      activeOfAgent.computeIfPresent(is.agent(), (_, tasks) -> tasks + step);
      var runtime = is.isActive() ? is.place().runtime() : was.place().runtime();
      if (runtime != null) {
        activeOnRuntime.computeIfPresent(runtime, (_, tasks) -> tasks + step);
      }
      var key = is.terms().concurrencyKey();
      if (is.isActive()) {
        active.add(pair);
      } else {
        active.remove(pair);
      }
      if (key != null) {
        var scoped = new ConcurrencyKey(is.workspace(), key);
        if (is.isActive()) {
          activeKeys.add(scoped);
        } else {
          activeKeys.remove(scoped);
        }
      }
    }
    if (is.state() == TaskState.QUEUED) {
      queued.merge(pair, 1, Integer::sum);
    } else if (was.state() == TaskState.QUEUED) {
      queued.merge(pair, -1, Integer::sum);
    }
  }

  /// The agent says something on the issue of a task.
  ///
  /// @param under the comment that it stands under; null for none
  void comment(Task task, @Nullable UUID under, String content, String type) {
    var loaded = Objects.requireNonNull(tasks.get(task.id()), "a task that was loaded");
    var comment = new Changes.Comment(newId(), task.issue(), task.agent(), under, content, type);
    comments.add(comment);
    events.add(
        new Changes.TaskEvent(
            task.workspace(),
            EventType.COMMENT_CREATED,
            comment.id(),
            null,
            EventData.comment(comment, loaded, situation.now)));
  }

  void make(Changes.MadeIssue issue, String identifier) {
    issues.add(issue);
    events.add(
        new Changes.TaskEvent(
            issue.workspace(),
            EventType.ISSUE_CREATED,
            issue.issue().id().value(),
            null,
            EventData.issue(issue, identifier, situation.now)));
  }

  void end(Changes.EndedAttempt attempt) {
    attempts.add(attempt);
  }

  /// Notes who asked for the end of a task.
  void cancelled(Task task, Author by) {
    cancels.add(new Changes.CancelledBy(task.id(), by));
  }

  void use(Changes.UsedKey key) {
    keys.add(key);
  }

  boolean isUsed(Situation.ScopedKey key) {
    return keys.stream()
        .anyMatch(used -> used.scope().equals(key.scope()) && used.key().key().equals(key.key()));
  }

  /// Notes that the agent was given one more task.
  void pace(AgentId agent, @Nullable Integer ratePerMinute) {
    paces.merge(
        agent,
        new Changes.Pace(agent, 1, ratePerMinute),
        (some, one) -> new Changes.Pace(agent, some.tasks() + one.tasks(), ratePerMinute));
  }

  /// How many tasks this batch has given the agent.
  int paced(AgentId agent) {
    var pace = paces.get(agent);
    return pace == null ? 0 : pace.tasks();
  }

  /// A random id, version 4.
  UUID newId() {
    return new UUID(
        (random.nextLong() & 0xffffffffffff0fffL) | 0x4000L,
        (random.nextLong() & 0x3fffffffffffffffL) | 0x8000000000000000L);
  }

  Changes changes() {
    return new Changes(
        issues,
        made.stream().map(this::task).toList(),
        before.entrySet().stream()
            .map(e -> new Changes.Changed(e.getValue(), task(e.getKey())))
            .toList(),
        attempts,
        comments,
        keys,
        List.copyOf(paces.values()),
        events,
        List.of(),
        cancels);
  }
}
