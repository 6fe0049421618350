package dev.muster.tasks.decide;

import dev.muster.events.id.TaskId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.tasks.command.CreateAnswer;
import dev.muster.tasks.command.NewWork;
import dev.muster.tasks.command.TaskCommand.Create;
import dev.muster.tasks.decide.Situation.AgentFacts;
import dev.muster.tasks.decide.Situation.ScopedKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Makes issues, and the tasks of the agents that they are given to.
final class Creates {
  private final Board board;
  private final NewTasks tasks;
  private final Waits waits;
  private final Map<WorkspaceId, Integer> numbers = new HashMap<>();

  Creates(Board board, NewTasks tasks) {
    this.board = board;
    this.tasks = tasks;
    this.waits = new Waits(board);
  }

  /// Decides a create, as far as that can be said before the claims of the batch are decided. Null
  /// if it must wait for another request with the same key.
  @Nullable CreateAnswer create(Create create) {
    var key = create.key();
    if (key != null) {
      var scoped = new ScopedKey(create.workspace().value(), key.key());
      var before = board.situation.keys.get(scoped);
      if (before != null) {
        return before.hash().equals(key.hash())
            ? new CreateAnswer.MadeBefore(before.task())
            : new CreateAnswer.KeyMisused();
      }
      if (board.isUsed(scoped)) {
        return null;
      }
    }
    var agentId = create.agent();
    var agent = agentId == null ? null : board.situation.agents.get(agentId);
    var task = create.task();
    if (task != null && task.isRequired()) {
      if (agent == null || !isFor(agent, create)) {
        return new CreateAnswer.AgentUnknown();
      }
      if (!NewTasks.takes(agent, create.workspace())) {
        return new CreateAnswer.AgentDraining();
      }
    }
    return make(create, agent);
  }

  /// Private agents are for their owner and for those who administer the workspace.
  private static boolean isFor(AgentFacts agent, Create create) {
    var requester = create.requester();
    return agent.workspace().equals(create.workspace())
        && switch (agent.visibility()) {
          case WORKSPACE -> true;
          case PRIVATE -> requester.administers() || requester.user().equals(agent.owner());
        };
  }

  private CreateAnswer make(Create create, @Nullable AgentFacts agent) {
    var workspace =
        Objects.requireNonNull(
            board.situation.workspaces.get(create.workspace()), "the workspace's facts");
    var number = numbers.merge(create.workspace(), 1, Integer::sum) - 1 + workspace.number();
    var identifier = workspace.issuePrefix() + "-" + number;
    board.make(new Changes.MadeIssue(create.workspace(), number, create.issue()), identifier);
    var wanted = create.task();
    var queued =
        wanted != null && agent != null && NewTasks.takes(agent, create.workspace())
            ? queue(create, wanted, agent)
            : null;
    return new CreateAnswer.Created(number, identifier, board.situation.now, queued);
  }

  private CreateAnswer.QueuedTask queue(Create create, NewWork.Task wanted, AgentFacts agent) {
    var issue = create.issue();
    var origin =
        new NewTasks.Origin(
            create.workspace(),
            issue.id(),
            issue.title(),
            issue.status(),
            issue.description(),
            Task.Session.NONE,
            List.of(),
            null,
            wanted.schedule());
    var task = tasks.make(wanted.id(), agent, origin, wanted.terms());
    if (create.key() != null) {
      board.use(new Changes.UsedKey(create.workspace().value(), create.key(), task.id(), 0));
    }
    return new CreateAnswer.QueuedTask(Views.of(task), agent.name(), null);
  }

  /// The answer once the whole batch is decided: by then the task may have been claimed.
  CreateAnswer finished(CreateAnswer answer) {
    if (!(answer instanceof CreateAnswer.Created created) || created.task() == null) {
      return answer;
    }
    var task = board.task(new TaskId(created.task().view().id()));
    var agent = Objects.requireNonNull(board.situation.agents.get(task.agent()), "its agent");
    return new CreateAnswer.Created(
        created.number(),
        created.identifier(),
        created.createdAt(),
        new CreateAnswer.QueuedTask(Views.of(task), agent.name(), waits.reason(task, agent)));
  }
}
