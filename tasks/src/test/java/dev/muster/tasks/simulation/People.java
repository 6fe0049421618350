package dev.muster.tasks.simulation;

import static dev.muster.tasks.simulation.Simulation.SECOND;

import dev.muster.events.id.AgentId;
import dev.muster.events.id.IssueId;
import dev.muster.events.id.TaskId;
import dev.muster.events.id.UserId;
import dev.muster.tasks.command.Author;
import dev.muster.tasks.command.CreateAnswer;
import dev.muster.tasks.command.Limits;
import dev.muster.tasks.command.NewWork;
import dev.muster.tasks.command.Priority;
import dev.muster.tasks.command.RequestKey;
import dev.muster.tasks.command.TaskCommand;
import dev.muster.tasks.command.TaskTerms;
import dev.muster.tasks.decide.Task;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import org.springframework.dao.DataAccessException;

/// Who want work done, comment on it, have enough of it, and try again what failed.
final class People {
  private static final UserId SOMEBODY = new UserId(new UUID(3, 1));
  private final Simulation sim;
  private int names;

  People(Simulation sim) {
    this.sim = sim;
  }

  void arrange() {
    for (int i = 0, count = (int) sim.between(3, 12); i < count; i++) {
      var key = sim.happens(0.5) ? "work-" + ++names : "";
      var terms = terms();
      var agent = anyAgent();
      // Some come together, as when a plan is made into issues.
      var at = sim.happens(0.3) ? 30 * SECOND : sim.between(0, 120 * SECOND);
      sim.after(at, "somebody wants work", () -> create(agent, terms, key));
    }
    for (int i = 0, count = (int) sim.between(0, 6); i < count; i++) {
      sim.after(sim.between(10, 200) * SECOND, "somebody comments", this::comment);
      sim.after(sim.between(60, 290) * SECOND, "somebody tries again", this::again);
    }
    if (sim.happens(0.2)) {
      sim.after(sim.between(60, 200) * SECOND, "an issue is closed", this::close);
    }
  }

  private AgentId anyAgent() {
    var agents = List.copyOf(sim.server.rows().agents.keySet());
    return agents.get(sim.random.nextInt(agents.size()));
  }

  private TaskTerms terms() {
    return new TaskTerms(
        sim.random.nextInt(5),
        sim.happens(0.2) ? sim.server.rows().now.plusSeconds(sim.between(1, 200)) : null,
        new Limits(
            sim.happens(0.3) ? (int) sim.between(20, 120) : null,
            sim.happens(0.1) ? (int) sim.between(20, 100) : null),
        sim.happens(0.3) ? "key-" + sim.random.nextInt(2) : null,
        (int) sim.between(1, 3));
  }

  private UUID newId() {
    return new UUID(sim.random.nextLong(), sim.random.nextLong());
  }

  private void create(AgentId agent, TaskTerms terms, String key) {
    sim.network.call(
        "create " + key,
        instance -> {
          var issue =
              new NewWork.Issue(
                  new IssueId(newId()),
                  Author.member(SOMEBODY),
                  "work",
                  "to be done",
                  "todo",
                  Priority.NONE,
                  "agent",
                  agent.value(),
                  null,
                  null);
          return instance
              .ask(
                  new TaskCommand.Create(
                      Server.WORKSPACE,
                      new NewWork.Requester(SOMEBODY, true),
                      issue,
                      new NewWork.Task(new TaskId(newId()), terms, true, null),
                      key.isEmpty() ? null : new RequestKey(key, "create")))
              .thenApply(answer -> note(answer, key));
        },
        answer -> {
          if (answer.isEmpty()) {
            if (!key.isEmpty()) {
              sim.after(5 * SECOND, "somebody asks again", () -> create(agent, terms, key));
            }
          } else if (sim.happens(0.3)) {
            sim.after(
                sim.between(0, 120 * SECOND), "somebody has enough", () -> cancel(answer.get()));
          }
        });
  }

  private CreateAnswer note(CreateAnswer answer, String key) {
    sim.seen.add("Create " + answer.getClass().getSimpleName());
    task(answer).ifPresent(task -> sim.invariants.made(key, task));
    return answer;
  }

  private static Optional<TaskId> task(CreateAnswer answer) {
    return switch (answer) {
      case CreateAnswer.Created created ->
          Optional.ofNullable(created.task()).map(task -> new TaskId(task.view().id()));
      case CreateAnswer.MadeBefore(var task) -> Optional.of(task);
      case CreateAnswer.KeyMisused _, CreateAnswer.AgentUnknown _, CreateAnswer.AgentDraining _ ->
          Optional.empty();
    };
  }

  private void cancel(CreateAnswer created) {
    task(created).ifPresent(this::cancel);
  }

  private void cancel(TaskId task) {
    sim.network.call(
        "cancel of " + task,
        instance ->
            instance
                .ask(new TaskCommand.Cancel(task))
                .thenApply(answer -> {
                  sim.seen.add("Cancel " + answer.getClass().getSimpleName());
                  return answer;
                }),
        answer -> {
          if (answer.isEmpty()) {
            sim.after(5 * SECOND, "somebody asks again", () -> cancel(task));
          }
        });
  }

  private Optional<Task> any(Predicate<Task> which) {
    var some = sim.server.rows().tasks(which).toList();
    return some.isEmpty()
        ? Optional.empty()
        : Optional.of(some.get(sim.random.nextInt(some.size())));
  }

  /// A comment asks the agent for work on the issue.
  private void comment() {
    any(_ -> true)
        .ifPresent(task ->
            within(
                new TaskCommand.Enqueue(
                    new TaskId(newId()), task.agent(), task.issue(), terms(), newId())));
  }

  private void again() {
    var failed =
        sim.server
            .rows()
            .tasks(task -> task.end().reason() != null && task.state().isFinal())
            .map(Task::id)
            .toList();
    if (sim.happens(0.5) && !failed.isEmpty()) {
      within(new TaskCommand.Redrive(Server.WORKSPACE, failed))
          .filter(made -> !made.isEmpty())
          .ifPresent(_ -> sim.seen.add("Redrive made"));
    } else {
      any(task -> task.state().isFinal())
          .flatMap(task -> within(new TaskCommand.Rerun(task.id(), new TaskId(newId()))))
          .filter(Optional::isPresent)
          .ifPresent(_ -> sim.seen.add("Rerun made"));
    }
  }

  private void close() {
    any(task -> !task.state().isFinal())
        .ifPresent(task ->
            within(
                new TaskCommand.CancelOpen(
                    new TaskCommand.Scope.OfIssue(task.issue()), sim.happens(0.3), null)));
  }

  /// Empty if it could not be said: an instance died, or Postgres was away.
  private <A> Optional<A> within(TaskCommand<A> command) {
    try {
      return Optional.of(sim.server.within(command));
    } catch (DataAccessException e) {
      return Optional.empty();
    } catch (Crash e) {
      var _ = sim.server.takeCrash();
      return Optional.empty();
    }
  }
}
