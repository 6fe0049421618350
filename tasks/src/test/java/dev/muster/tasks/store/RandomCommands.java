package dev.muster.tasks.store;

import dev.muster.events.id.AgentId;
import dev.muster.events.id.IssueId;
import dev.muster.events.id.RuntimeId;
import dev.muster.events.id.ScheduleId;
import dev.muster.events.id.TaskId;
import dev.muster.events.id.UserId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.task.FailureReason;
import dev.muster.tasks.command.Author;
import dev.muster.tasks.command.Limits;
import dev.muster.tasks.command.NewWork;
import dev.muster.tasks.command.Priority;
import dev.muster.tasks.command.RequestKey;
import dev.muster.tasks.command.Said;
import dev.muster.tasks.command.TaskCommand;
import dev.muster.tasks.command.TaskTerms;
import dev.muster.tasks.decide.Task;
import dev.muster.tasks.memory.MemoryAssignments;
import dev.muster.tasks.memory.Rows;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Commands as they might come, about what there is.
final class RandomCommands {
  private final SplittableRandom random;
  private final Rows rows;
  private final WorkspaceId workspace;
  private final UserId user;

  RandomCommands(SplittableRandom random, Rows rows, WorkspaceId workspace, UserId user) {
    this.random = random;
    this.rows = rows;
    this.workspace = workspace;
    this.user = user;
  }

  /// One that leaves out what is locked rather than wait for it.
  TaskCommand<?> skipping() {
    return switch (random.nextInt(10)) {
      case 0, 1, 2 -> create();
      case 3, 4, 5 -> claim();
      case 6, 7, 8 -> report();
      default -> new TaskCommand.Cancel(task(), maybe() ? Author.member(user) : null);
    };
  }

  TaskCommand<?> any() {
    return switch (random.nextInt(16)) {
      case 0 ->
          new TaskCommand.Enqueue(
              new TaskId(newId()), agent(), issue(), terms(), maybe() ? newId() : null);
      case 1 -> new TaskCommand.Rerun(task(), new TaskId(newId()));
      case 2 ->
          new TaskCommand.Redrive(
              workspace,
              rows.tasks(task -> task.state().isFinal()).map(Task::id).limit(5).toList());
      case 3 -> new TaskCommand.Repeat(task(), random.nextInt(3));
      case 4 -> new TaskCommand.CancelOpen(scope(), maybe(), Author.member(user));
      case 5 ->
          new TaskCommand.EndActive(
              List.of(runtime()),
              maybe() ? FailureReason.RUNTIME_LOST : FailureReason.RUNTIME_STOPPED);
      case 6, 7 -> new TaskCommand.PassDeadlines(List.copyOf(rows.tasks.keySet()));
      case 8, 9, 10 -> new TaskCommand.Assign(new MemoryAssignments(rows).look());
      default -> skipping();
    };
  }

  private TaskCommand.Scope scope() {
    return switch (random.nextInt(8)) {
      case 0 -> new TaskCommand.Scope.OfWorkspace(workspace);
      case 1, 2 -> new TaskCommand.Scope.OfAgent(agent());
      case 3, 4 -> new TaskCommand.Scope.QueuedOfIssue(issue());
      default -> new TaskCommand.Scope.OfIssue(issue());
    };
  }

  private TaskCommand<?> create() {
    var issue =
        new NewWork.Issue(
            new IssueId(newId()),
            Author.member(user),
            "a \"title\"",
            maybe() ? "what is to be done\n" : null,
            "todo",
            Priority.HIGH,
            "agent",
            agent().value(),
            null,
            null);
    var task = random.nextInt(8) == 0 ? null : newTask();
    return new TaskCommand.Create(
        workspace, new NewWork.Requester(user, maybe()), issue, task, key(workspace.value()));
  }

  /// Whether it is a schedule's is told by what is drawn anyway, so that the histories of the seeds
  /// stay as they are.
  private NewWork.Task newTask() {
    var id = newId();
    var terms = terms();
    var schedule = terms.priority() > 1 ? new ScheduleId(id) : null;
    return new NewWork.Task(new TaskId(id), terms, maybe(), schedule);
  }

  private TaskCommand<?> claim() {
    var runtime = runtime();
    return new TaskCommand.Claim(
        runtime, workspace, maybe() ? "p1" : null, key(runtime.value()), maybe());
  }

  private TaskCommand<?> report() {
    var task = task();
    var row = rows.tasks.get(task);
    var generation = row == null ? 0 : row.generation();
    return new TaskCommand.Report(
        task,
        List.of(workspace.value()),
        switch (random.nextInt(4)) {
          case 0 -> null;
          case 1 -> generation - 1;
          default -> generation;
        },
        said());
  }

  private Said said() {
    var left = maybe() ? new Said.LeftSession("session", "/a") : new Said.LeftSession(null, "/b");
    return switch (random.nextInt(10)) {
      case 0, 1, 2, 3 -> new Said.Start();
      case 4 -> new Said.Prepare();
      case 5, 6 -> new Said.Complete("{\"a\": 1}", maybe() ? "it is \"done\"" : "", left);
      case 7 ->
          new Said.Fail(
              maybe() ? FailureReason.AGENT_ERROR : FailureReason.PROVIDER_UNAVAILABLE,
              maybe() ? "broken" : "",
              left);
      case 8 -> maybe() ? new Said.Release() : new Said.AcknowledgeCancel();
      default -> new Said.KeepSession(left);
    };
  }

  private TaskTerms terms() {
    return new TaskTerms(
        random.nextInt(5),
        random.nextInt(6) == 0 ? rows.now.plusSeconds(random.nextInt(-20, 60)) : null,
        new Limits(
            maybe() ? random.nextInt(1, 200) : null, maybe() ? random.nextInt(1, 200) : null),
        random.nextInt(3) == 0 ? "key-" + random.nextInt(2) : null,
        random.nextInt(1, 4));
  }

  private @Nullable RequestKey key(UUID scope) {
    return maybe()
        ? null
        : new RequestKey("k" + random.nextInt(40), "h" + random.nextInt(30) / 29 + scope);
  }

  private boolean maybe() {
    return random.nextBoolean();
  }

  private UUID newId() {
    return new UUID(random.nextLong(), random.nextLong());
  }

  private <T> T one(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  private AgentId agent() {
    return one(List.copyOf(rows.agents.keySet()));
  }

  private RuntimeId runtime() {
    return one(List.copyOf(rows.runtimes.keySet()));
  }

  private IssueId issue() {
    return rows.issues.isEmpty() ? new IssueId(newId()) : one(List.copyOf(rows.issues.keySet()));
  }

  private TaskId task() {
    return rows.tasks.isEmpty() || random.nextInt(20) == 0
        ? new TaskId(newId())
        : one(List.copyOf(rows.tasks.keySet()));
  }
}
