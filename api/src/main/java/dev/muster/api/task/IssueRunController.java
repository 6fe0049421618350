package dev.muster.api.task;

import dev.muster.api.access.Caller;
import dev.muster.api.agent.SelectorAgents;
import dev.muster.api.edge.JsonBody;
import dev.muster.api.edge.LargeAnswer;
import dev.muster.api.edge.Refused;
import dev.muster.api.issue.Issues;
import dev.muster.api.issue.field.IssueRef;
import dev.muster.api.issue.view.IssueView;
import dev.muster.api.storage.StorageQuota;
import dev.muster.events.id.AgentId;
import dev.muster.events.id.IssueId;
import dev.muster.events.id.TaskId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.task.TaskState;
import dev.muster.tasks.command.Priority;
import dev.muster.tasks.command.TaskCommand;
import dev.muster.tasks.command.TaskTerms;
import dev.muster.tasks.command.TaskView;
import dev.muster.tasks.lane.Tasks;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/// The runs of an issue, and one more of them.
@RestController
class IssueRunController {
  private final Issues issues;
  private final TaskStore store;
  private final TaskRequests requests;
  private final SelectorAgents agents;
  private final Tasks tasks;
  private final StorageQuota storage;

  IssueRunController(
      Issues issues,
      TaskStore store,
      TaskRequests requests,
      SelectorAgents agents,
      Tasks tasks,
      StorageQuota storage) {
    this.storage = storage;
    this.issues = issues;
    this.store = store;
    this.requests = requests;
    this.agents = agents;
    this.tasks = tasks;
  }

  /// The issue's tasks, the newest first.
  @LargeAnswer
  @GetMapping("/api/issues/{id}/task-runs")
  List<TaskView> runs(IssueRef ref) {
    return runs(issues.require(ref), null);
  }

  /// @param agent the one whose runs are meant; null for all
  private List<TaskView> runs(IssueView issue, @Nullable AgentId agent) {
    return store.ofIssue(issue.id(), agent == null ? null : agent.value());
  }

  record Again(@Nullable String taskId) {}

  /// Another run by the agent that has the issue, or by the one of the task that is named. One that
  /// waits already is answered as it is, since it would do the same; while one runs it waits.
  @PostMapping("/api/issues/{id}/rerun")
  @ResponseStatus(HttpStatus.ACCEPTED)
  TaskDetail rerun(Caller caller, IssueRef ref, @JsonBody Again again) {
    var issue = issues.require(ref);
    var agent = agent(caller, issue, again.taskId());
    var _ = agents.require(caller, new WorkspaceId(issue.workspaceId()), agent.value());
    var runs = runs(issue, agent);
    var waiting = first(runs, TaskState.QUEUED);
    if (waiting.isPresent()) {
      return store.detail(waiting.get());
    }
    storage.requireRoom(issue.workspace());
    if (!issues.mayRunAgain(ref, agent)) {
      throw Refused.conflict(
          "the agent was set to work on this issue too often within an hour; the issue says when it can be again");
    }
    var made = new TaskId(UUID.randomUUID());
    var ended = runs.stream().filter(run -> TaskState.of(run.status()).isFinal()).findFirst();
    var queued =
        ended.isPresent()
            ? tasks.alone(new TaskCommand.Rerun(new TaskId(ended.get().id()), made))
            : tasks.alone(
                new TaskCommand.Enqueue(
                    made,
                    agent,
                    new IssueId(issue.id()),
                    TaskTerms.of(Priority.of(issue.priority())),
                    null));
    return store.detail(
        queued.orElseThrow(
            () -> Refused.conflict("the agent is at work on this issue, or takes no new tasks")));
  }

  private static Optional<TaskId> first(List<TaskView> runs, TaskState state) {
    return runs.stream()
        .filter(run -> TaskState.of(run.status()) == state)
        .findFirst()
        .map(run -> new TaskId(run.id()));
  }

  private AgentId agent(Caller caller, IssueView issue, @Nullable String task) {
    if (task != null && !task.isEmpty()) {
      var named = requests.require(caller, task);
      if (!named.issueId().equals(issue.id())) {
        throw Refused.invalid("task_id", "is a task of another issue");
      }
      return new AgentId(named.agentId());
    }
    var assignee = issue.assigneeId();
    if (assignee == null || !"agent".equals(issue.assigneeType())) {
      throw Refused.badRequest("issue is not assigned to an agent");
    }
    return new AgentId(assignee);
  }
}
