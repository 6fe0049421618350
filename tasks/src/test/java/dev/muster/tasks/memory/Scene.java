package dev.muster.tasks.memory;

import dev.muster.events.id.AgentId;
import dev.muster.events.id.IssueId;
import dev.muster.events.id.RuntimeId;
import dev.muster.events.id.TaskId;
import dev.muster.events.id.UserId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.tasks.command.Author;
import dev.muster.tasks.command.ClaimAnswer;
import dev.muster.tasks.command.ClaimedTask;
import dev.muster.tasks.command.CreateAnswer;
import dev.muster.tasks.command.Deadlines;
import dev.muster.tasks.command.Limits;
import dev.muster.tasks.command.NewWork;
import dev.muster.tasks.command.Priority;
import dev.muster.tasks.command.ReportAnswer;
import dev.muster.tasks.command.RequestKey;
import dev.muster.tasks.command.Said;
import dev.muster.tasks.command.TaskCommand;
import dev.muster.tasks.command.TaskTerms;
import dev.muster.tasks.decide.Decider;
import dev.muster.tasks.decide.Intake;
import dev.muster.tasks.decide.Situation.AgentFacts;
import dev.muster.tasks.decide.Situation.RuntimeFacts;
import dev.muster.tasks.decide.Task;
import dev.muster.tasks.decide.Visibility;
import dev.muster.tasks.lane.Batches;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// A workspace in memory with what a test puts into it, and a clock that a test moves.
public final class Scene {
  public static final WorkspaceId WORKSPACE = new WorkspaceId(new UUID(7, 1));
  public static final UserId SOMEBODY = new UserId(new UUID(3, 1));

  public static final Deadlines DEADLINES =
      new Deadlines(
          Duration.ofSeconds(30),
          Duration.ofMinutes(5),
          Duration.ofSeconds(45),
          Duration.ofMinutes(5),
          Duration.ofHours(12),
          Duration.ZERO,
          Duration.ofSeconds(60),
          Duration.ofSeconds(30),
          Duration.ofHours(24),
          Duration.ofDays(7),
          Duration.ZERO);

  public final Rows rows = new Rows(Instant.parse("2026-01-01T12:00:00Z"));
  public final MemoryTransactions store = new MemoryTransactions(rows);
  private final RandomGenerator random = new SplittableRandom(1);
  private final Batches batches = new Batches(store, new Decider(DEADLINES), () -> random, _ -> {});
  private int ids;

  public Scene() {
    rows.workspaces.put(WORKSPACE, new Rows.Workspace("MUS", 0));
  }

  private UUID newId() {
    return new UUID(9, ++ids);
  }

  /// A runtime that is online and open.
  public RuntimeId runtime(int cap) {
    return runtime(cap, false, Intake.OPEN);
  }

  public RuntimeId runtime(int cap, boolean isSerial, Intake intake) {
    var id = new RuntimeId(newId());
    var facts = new RuntimeFacts(id, WORKSPACE, null, intake, cap, isSerial, "claude", Map.of());
    rows.runtimes.put(id, new Rows.RuntimeRow(facts, true, false));
    return id;
  }

  /// What is particular of an agent.
  public record Terms(
      int cap,
      @Nullable Integer ratePerMinute,
      Intake intake,
      @Nullable Instant stoppedUntil,
      Limits limits) {
    public static final Terms ROOMY = new Terms(100, null, Intake.OPEN, null);

    public Terms(
        int cap, @Nullable Integer ratePerMinute, Intake intake, @Nullable Instant stoppedUntil) {
      this(cap, ratePerMinute, intake, stoppedUntil, Limits.NONE);
    }

    public Terms with(Limits limits) {
      return new Terms(cap, ratePerMinute, intake, stoppedUntil, limits);
    }

    public static Terms cap(int cap) {
      return new Terms(cap, null, Intake.OPEN, null);
    }
  }

  /// An agent.
  ///
  /// @param runtime the one that the agent names; null for any that runs claude
  public AgentId agent(@Nullable RuntimeId runtime, Terms terms) {
    var id = new AgentId(newId());
    rows.agents.put(
        id,
        new AgentFacts(
            id,
            WORKSPACE,
            runtime,
            runtime == null ? "claude" : null,
            "{}",
            Map.of(),
            "agent",
            "{\"name\":\"agent\"}",
            terms.intake(),
            Visibility.WORKSPACE,
            null,
            terms.cap(),
            terms.ratePerMinute(),
            null,
            null,
            terms.stoppedUntil(),
            terms.limits(),
            null));
    return id;
  }

  public TaskCommand.Create create(AgentId agent, TaskTerms terms, @Nullable RequestKey key) {
    return new TaskCommand.Create(
        WORKSPACE,
        new NewWork.Requester(SOMEBODY, true),
        new NewWork.Issue(
            new IssueId(newId()),
            Author.member(SOMEBODY),
            "work",
            null,
            "todo",
            Priority.NONE,
            "agent",
            agent.value(),
            null,
            null),
        new NewWork.Task(new TaskId(newId()), terms, true, null),
        key);
  }

  public TaskCommand.Create create(AgentId agent) {
    return create(agent, TaskTerms.of(Priority.NONE), null);
  }

  public TaskId queue(AgentId agent) {
    return queue(agent, TaskTerms.of(Priority.NONE));
  }

  public TaskId queue(AgentId agent, TaskTerms terms) {
    return new TaskId(queued(ask(create(agent, terms, null))).view().id());
  }

  public static CreateAnswer.QueuedTask queued(CreateAnswer answer) {
    return Objects.requireNonNull(((CreateAnswer.Created) answer).task());
  }

  public static TaskCommand.Claim claim(RuntimeId runtime) {
    return new TaskCommand.Claim(runtime, WORKSPACE, null, null, true);
  }

  /// The task that the runtime is given; null for none.
  public @Nullable TaskId claimed(RuntimeId runtime) {
    return ask(claim(runtime)) instanceof ClaimAnswer.Claimed(var task)
        ? new TaskId(task.id())
        : null;
  }

  /// A task of the agent that its runtime has claimed.
  public ClaimedTask dispatched(AgentId agent, RuntimeId runtime, TaskTerms terms) {
    var _ = queue(agent, terms);
    return ((ClaimAnswer.Claimed) ask(claim(runtime))).task();
  }

  /// A task of the agent that its runtime runs.
  public TaskId running(AgentId agent, RuntimeId runtime, TaskTerms terms) {
    var task = new TaskId(dispatched(agent, runtime, terms).id());
    var _ = say(task, new Said.Start());
    return task;
  }

  public ReportAnswer say(TaskId task, Said said) {
    return say(task, null, said);
  }

  public ReportAnswer say(TaskId task, @Nullable Long generation, Said said) {
    return ask(new TaskCommand.Report(task, List.of(WORKSPACE.value()), generation, said));
  }

  public TaskCommand.Enqueue comment(Task on, UUID comment) {
    return new TaskCommand.Enqueue(
        new TaskId(newId()), on.agent(), on.issue(), TaskTerms.of(Priority.NONE), comment);
  }

  public TaskCommand.Rerun rerun(TaskId of) {
    return new TaskCommand.Rerun(of, new TaskId(newId()));
  }

  /// Decides a command by itself.
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  public <A> A ask(TaskCommand<A> command) {
    return (A)
        Objects.requireNonNull(
            batches.run(List.of(command), List.of(), false).answers().getFirst());
  }

  /// Decides commands together, without what somebody else has locked.
  public List<@Nullable Object> together(List<? extends TaskCommand<?>> commands) {
    return batches.run(commands, List.of(), true).answers();
  }

  public Task task(TaskId id) {
    return rows.task(id);
  }

  /// Lets time pass, and looks at the deadlines.
  public void pass(Duration time) {
    rows.now = rows.now.plus(time);
    var bounds = new MemoryDeadlines(rows, DEADLINES);
    bounds.keepActive();
    var overdue = bounds.overdue();
    var meaningless = ask(new TaskCommand.PassDeadlines(overdue));
    if (!meaningless.isEmpty()) {
      throw new AssertionError("deadlines without a meaning: " + meaningless);
    }
  }

  /// The types of a task's events, in their order.
  public List<String> story(TaskId task) {
    return rows.events.stream()
        .filter(event -> event.subject().equals(task.value()))
        .map(event -> event.type().wire())
        .toList();
  }
}
