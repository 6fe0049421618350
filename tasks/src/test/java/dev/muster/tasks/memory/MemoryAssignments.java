package dev.muster.tasks.memory;

import dev.muster.events.id.RuntimeId;
import dev.muster.events.id.TaskId;
import dev.muster.events.task.TaskState;
import dev.muster.tasks.decide.Intake;
import dev.muster.tasks.decide.Placement;
import dev.muster.tasks.decide.Situation.AgentFacts;
import dev.muster.tasks.decide.Task;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What the dispatcher reads before it assigns, in memory: what `Assignments` does in Postgres.
public final class MemoryAssignments {
  private static final int AHEAD = 1;

  private final Rows rows;

  public MemoryAssignments(Rows rows) {
    this.rows = rows;
  }

  /// What can be assigned now.
  public Map<TaskId, RuntimeId> look() {
    var chosen = new TreeMap<TaskId, RuntimeId>(Comparator.comparing(TaskId::value));
    rows.tasks(task -> isReady(task) && task.needs().pinned() && task.place().assignedAt() == null)
        .filter(task -> task.place().runtime() != null)
        .forEach(task -> chosen.put(task.id(), Objects.requireNonNull(task.place().runtime())));
    Placement.assign(waiting(), candidates())
        .forEach(assignment -> chosen.put(assignment.task(), assignment.runtime()));
    return chosen;
  }

  private static boolean isReady(Task task) {
    return task.state() == TaskState.QUEUED && task.place().ready();
  }

  private List<Placement.Waiting> waiting() {
    return rows.agents.values().stream()
        .filter(this::mayBegin)
        .flatMap(this::heads)
        .sorted(Rows.BY_RANK)
        .map(task ->
            new Placement.Waiting(
                task.id(),
                task.needs().provider(),
                Map.of(),
                Duration.between(task.place().queuedAt(), rows.now),
                prior(task),
                null))
        .toList();
  }

  private Stream<Task> heads(AgentFacts agent) {
    var taken =
        rows.activeOf(agent.id())
            + rows.tasks(task ->
                    task.agent().equals(agent.id())
                        && task.state() == TaskState.QUEUED
                        && !task.needs().pinned()
                        && task.place().runtime() != null)
                .count();
    return rows.tasks(task ->
            task.agent().equals(agent.id())
                && isReady(task)
                && !task.needs().pinned()
                && task.place().runtime() == null
                && !rows.hasActive(task.agent(), task.issue()))
        .sorted(Rows.BY_RANK)
        .limit(Math.max(0, agent.maxConcurrentTasks() + AHEAD - taken));
  }

  private @Nullable RuntimeId prior(Task of) {
    if (of.session().runtime() != null) {
      return of.session().runtime();
    }
    return rows.tasks(task ->
            task.agent().equals(of.agent())
                && task.issue().equals(of.issue())
                && task.state() == TaskState.COMPLETED
                && task.session().id() != null)
        .max(Comparator.comparing(MemoryAssignments::endedAt))
        .map(task -> task.place().runtime())
        .orElse(null);
  }

  private static Instant endedAt(Task task) {
    var at = task.end().at();
    return at == null ? Instant.MIN : at;
  }

  private List<Placement.Candidate> candidates() {
    return rows.runtimes.values().stream()
        .filter(runtime ->
            runtime.isOnline() && !runtime.isDeaf() && runtime.facts().intake() == Intake.OPEN)
        .map(Rows.RuntimeRow::facts)
        .map(facts -> {
          var most = facts.maxConcurrentTasks() + AHEAD;
          return new Placement.Candidate(
              facts.id(),
              facts.provider(),
              facts.labels(),
              most - rows.activeOn(facts.id()) - waitingOn(facts.id()));
        })
        .toList();
  }

  /// What waits there and cannot run, since its agent is paused or full, takes nobody's room.
  private int waitingOn(RuntimeId runtime) {
    return rows.agents.values().stream()
        .filter(this::mayBegin)
        .mapToInt(agent -> {
          var queued =
              (int) rows.claimable(runtime).filter(task -> task.agent().equals(agent.id())).count();
          return Math.min(
              queued, Math.max(0, agent.maxConcurrentTasks() - rows.activeOf(agent.id())));
        })
        .sum();
  }

  private boolean mayBegin(AgentFacts agent) {
    return agent.intake() != Intake.PAUSED
        && (agent.stoppedUntil() == null || !agent.stoppedUntil().isAfter(rows.now));
  }
}
