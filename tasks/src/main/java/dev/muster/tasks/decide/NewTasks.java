package dev.muster.tasks.decide;

import dev.muster.events.EventType;
import dev.muster.events.id.IssueId;
import dev.muster.events.id.ScheduleId;
import dev.muster.events.id.TaskId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.task.DeadlineReason;
import dev.muster.events.task.TaskState;
import dev.muster.tasks.command.TaskCommand.Enqueue;
import dev.muster.tasks.command.TaskTerms;
import dev.muster.tasks.decide.Situation.AgentFacts;
import dev.muster.tasks.decide.Situation.Loaded;
import dev.muster.tasks.decide.Situation.Pair;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Puts tasks into the queue, for everybody who makes one.
final class NewTasks {
  private static final int COMMENTS_MAX = 100;

  private final Board board;
  private final Duration queuedTtl;

  /// @param queuedTtl how long a task may be queued in all; zero for as long as it takes
  NewTasks(Board board, Duration queuedTtl) {
    this.board = board;
    this.queuedTtl = queuedTtl;
  }

  /// What a new task is about.
  record Origin(
      WorkspaceId workspace,
      IssueId issue,
      String title,
      String status,
      @Nullable String description,
      Task.Session session,
      List<UUID> comments,
      @Nullable TaskId parent,
      @Nullable ScheduleId schedule) {
    static Origin of(IssueId issue, Situation.IssueFacts facts) {
      return new Origin(
          facts.workspace(),
          issue,
          facts.title(),
          facts.status(),
          null,
          Task.Session.NONE,
          List.of(),
          null,
          null);
    }
  }

  /// Makes a task. Where the agent names its runtime there is nothing to choose, so that it is
  /// assigned at once.
  Task make(TaskId id, AgentFacts agent, Origin origin, TaskTerms terms) {
    var now = board.situation.now;
    var runAfter = terms.runAfter();
    var begins = runAfter != null && runAfter.isAfter(now) ? runAfter : now;
    var ready = !begins.isAfter(now);
    var expires = queuedTtl.isZero() ? null : begins.plus(queuedTtl);
    var task =
        board.make(
            new Loaded(
                new Task(
                    id,
                    origin.workspace(),
                    agent.id(),
                    origin.issue(),
                    now,
                    origin.parent(),
                    new Task.Needs(agent.runtime() != null, agent.provider(), agent.labelsJson()),
                    new Task.Terms(
                        terms.priority(),
                        terms.maxAttempts(),
                        terms.limits(),
                        agent.limits(),
                        terms.concurrencyKey(),
                        expires,
                        origin.schedule()),
                    TaskState.QUEUED,
                    1,
                    0,
                    1,
                    place(agent, terms, begins, ready),
                    Task.Lease.NONE,
                    ready
                        ? Task.Deadline.expiry(expires)
                        : new Task.Deadline(begins, DeadlineReason.READY),
                    origin.session(),
                    Task.End.NONE,
                    origin.comments()),
                origin.title(),
                origin.status(),
                origin.description(),
                Task.Session.NONE));
    return agent.runtime() == null || !ready
        ? task
        : board.tell(
            EventType.TASK_ASSIGNED, board.transitions.assignPinned(task, agent.runtime()));
  }

  private Task.Place place(AgentFacts agent, TaskTerms terms, Instant begins, boolean ready) {
    return new Task.Place(
        agent.runtime(),
        ready,
        QueueOrder.rank(begins, terms.priority()),
        terms.runAfter(),
        board.situation.now,
        null);
  }

  /// Makes a task on an issue, or has one that waits there answer the comment: a new one rather
  /// than one that is tried again, which may wait for its backoff.
  Optional<TaskId> enqueue(Enqueue enqueue, List<TaskId> open) {
    var waiting =
        open.stream()
            .map(board::task)
            .filter(NewTasks::isNotStarted)
            .min(
                Comparator.comparing(Task::state)
                    .thenComparing(task -> task.generation() > 0)
                    .thenComparing(task -> task.id().value(), UuidOrder.AS_IN_POSTGRES));
    if (waiting.isPresent()) {
      attach(waiting.get(), enqueue.comment());
      return Optional.empty();
    }
    var agent = board.situation.agents.get(enqueue.agent());
    var issue = board.situation.issues.get(enqueue.issue());
    if (agent == null || issue == null || !takes(agent, issue.workspace())) {
      return Optional.empty();
    }
    return Optional.of(
        make(enqueue.task(), agent, Origin.of(enqueue.issue(), issue), enqueue.terms()).id());
  }

  private void attach(Task waiting, @Nullable UUID comment) {
    if (comment == null || waiting.comments().size() >= COMMENTS_MAX) {
      return;
    }
    var comments = new ArrayList<>(waiting.comments());
    comments.add(comment);
    board.tell(EventType.TASK_COALESCED, waiting.withComments(comments));
  }

  /// Makes another run of a task that is over, on the same terms.
  Optional<TaskId> rerun(TaskId id, Loaded ended, List<TaskId> open) {
    var task = ended.task();
    var waits = open.stream().map(board::task).anyMatch(NewTasks::isNotStarted);
    var agent = board.situation.agents.get(task.agent());
    if (!task.state().isFinal() || waits || agent == null || !takes(agent, task.workspace())) {
      return Optional.empty();
    }
    return Optional.of(make(id, agent, again(ended, false), terms(task)).id());
  }

  private static boolean isNotStarted(Task task) {
    return task.state() == TaskState.QUEUED || task.state() == TaskState.DISPATCHED;
  }

  /// Makes new tasks of failed ones; of those of one agent and issue, of the newest.
  List<TaskId> redrive(List<TaskId> failed) {
    var seen = new HashSet<Pair>();
    var made = new ArrayList<TaskId>();
    failed.reversed().stream()
        .map(board::find)
        .filter(loaded -> loaded != null && isDead(loaded.task()))
        .filter(loaded -> seen.add(Pair.of(loaded.task())))
        .forEach(loaded -> redrive(loaded).ifPresent(made::add));
    return made;
  }

  private static boolean isDead(Task task) {
    return task.state() == TaskState.FAILED && task.end().redrivenBy() == null;
  }

  private Optional<TaskId> redrive(Loaded failed) {
    var task = failed.task();
    var agent = board.situation.agents.get(task.agent());
    if (agent == null || !takes(agent, task.workspace()) || board.hasQueued(Pair.of(task))) {
      return Optional.empty();
    }
    var made = make(new TaskId(board.newId()), agent, again(failed, true), terms(task));
    board.keep(board.transitions.redriven(task, made.id()));
    return Optional.of(made.id());
  }

  private static Origin again(Loaded of, boolean goesOn) {
    var task = of.task();
    return new Origin(
        task.workspace(),
        task.issue(),
        of.issueTitle(),
        of.issueStatus(),
        null,
        goesOn ? task.session() : Task.Session.NONE,
        goesOn ? task.comments() : List.of(),
        goesOn ? task.id() : null,
        task.terms().schedule());
  }

  private static TaskTerms terms(Task of) {
    return new TaskTerms(
        of.terms().priority(),
        null,
        of.terms().own(),
        of.terms().concurrencyKey(),
        of.terms().maxAttempts());
  }

  static boolean takes(AgentFacts agent, WorkspaceId workspace) {
    return agent.workspace().equals(workspace) && agent.intake() != Intake.DRAINING;
  }
}
