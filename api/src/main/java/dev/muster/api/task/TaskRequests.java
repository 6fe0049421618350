package dev.muster.api.task;

import dev.muster.api.access.Caller;
import dev.muster.api.access.WorkspaceAccess;
import dev.muster.api.agent.SelectorAgents;
import dev.muster.api.edge.Input;
import dev.muster.api.edge.Limits;
import dev.muster.api.edge.Refused;
import dev.muster.api.issue.Assignee;
import dev.muster.api.issue.Issues;
import dev.muster.api.issue.NewIssue;
import dev.muster.api.issue.Priority;
import dev.muster.api.queue.TaskQueue;
import dev.muster.events.id.AgentId;
import dev.muster.events.id.IssueId;
import dev.muster.events.id.TaskId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.task.TaskState;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.JsonNode;

/// What people ask for: a new task, the end of one, another run.
@Component
class TaskRequests {
  private final TaskStore tasks;
  private final TaskQueue queue;
  private final Issues issues;
  private final SelectorAgents agents;

  TaskRequests(TaskStore tasks, TaskQueue queue, Issues issues, SelectorAgents agents) {
    this.tasks = tasks;
    this.queue = queue;
    this.issues = issues;
    this.agents = agents;
  }

  /// A task to be made. It goes to the agent, or to any runtime of that provider and with those
  /// labels.
  record NewTask(
      @Nullable String title,
      @Nullable String prompt,
      @Nullable String agentId,
      @Nullable String provider,
      @Nullable JsonNode labels,
      @Nullable String priority) {}

  /// Makes the issue and queues the task, both or neither.
  TaskId create(WorkspaceAccess access, NewTask task) {
    var title = Input.required("title", task.title(), Limits.NAME);
    var prompt = Input.optional("prompt", task.prompt(), Limits.TEXT);
    var priority =
        Priority.checked(
            task.priority() == null || task.priority().isEmpty() ? "none" : task.priority());
    var agent = agent(access, task);
    var issue = new NewIssue(title, prompt, "todo", priority, Assignee.agent(agent), null, null);
    return issues
        .create(access.workspace(), access.caller().user(), issue, true)
        .task()
        .map(TaskId::new)
        .orElseThrow(() -> Refused.notFound("agent not found"));
  }

  private AgentId agent(WorkspaceAccess access, NewTask task) {
    var selects = !isEmpty(task.provider()) || (task.labels() != null && !task.labels().isNull());
    if (!isEmpty(task.agentId())) {
      if (selects) {
        throw Refused.invalid("agent_id", "cannot be combined with provider or labels");
      }
      return agents.require(
          access.caller(), access.workspace(), Input.id("agent_id", task.agentId()));
    }
    if (!selects) {
      throw Refused.invalid("agent_id", "is required, or else provider or labels");
    }
    return agents.forSelector(access, task.provider(), task.labels());
  }

  private static boolean isEmpty(@Nullable String text) {
    return text == null || text.isEmpty();
  }

  /// The task, if the caller may see it.
  TaskView require(Caller caller, String id) {
    return tasks
        .find(new TaskId(Input.id("id", id)))
        .filter(task -> caller.isMember(new WorkspaceId(task.workspaceId())))
        .orElseThrow(() -> Refused.notFound("task not found"));
  }

  /// Ends the task, whatever it does at the moment. One that had been cancelled before stays so.
  @Transactional
  public void cancel(TaskView task) {
    if (queue.cancelOne(task.id())) {
      return;
    }
    var state = tasks.find(new TaskId(task.id())).map(TaskView::status).map(TaskState::of);
    if (state.filter(s -> s != TaskState.CANCELLED).isPresent()) {
      throw Refused.conflict("task is already " + state.get().wire());
    }
  }

  /// Queues another run of a task that is over, by the same agent on the same issue, for those who
  /// may give the agent work.
  @Transactional
  public TaskId rerun(Caller caller, TaskView task) {
    if (!TaskState.of(task.status()).isFinal()) {
      throw Refused.conflict("task is still " + task.status());
    }
    var agent = agents.require(caller, new WorkspaceId(task.workspaceId()), task.agentId());
    return queue
        .enqueue(agent, new IssueId(task.issueId()), task.priority())
        .map(TaskId::new)
        .orElseThrow(() -> Refused.conflict("the agent has a task waiting for this issue"));
  }
}
