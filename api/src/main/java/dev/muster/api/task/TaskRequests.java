package dev.muster.api.task;

import dev.muster.api.access.Caller;
import dev.muster.api.access.Role;
import dev.muster.api.access.WorkspaceAccess;
import dev.muster.api.agent.RunLimits;
import dev.muster.api.agent.SelectorAgents;
import dev.muster.api.attempt.AttemptIds;
import dev.muster.api.edge.IdempotencyKey;
import dev.muster.api.edge.Input;
import dev.muster.api.edge.Limits;
import dev.muster.api.edge.Refused;
import dev.muster.api.storage.StorageQuota;
import dev.muster.events.id.IssueId;
import dev.muster.events.id.TaskId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.task.TaskState;
import dev.muster.tasks.command.CancelAnswer;
import dev.muster.tasks.command.CreateAnswer;
import dev.muster.tasks.command.NewWork;
import dev.muster.tasks.command.Priority;
import dev.muster.tasks.command.TaskCommand;
import dev.muster.tasks.command.TaskTerms;
import dev.muster.tasks.command.TaskView;
import dev.muster.tasks.lane.Tasks;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What people ask for: a new task, the end of one, another run.
@Component
public class TaskRequests {
  private static final Duration RUN_AFTER_MAX = Duration.ofDays(366);

  private final Tasks tasks;
  private final TaskStore store;
  private final SelectorAgents agents;
  private final JsonMapper json;
  private final AttemptIds ids;
  private final StorageQuota storage;

  TaskRequests(
      Tasks tasks,
      TaskStore store,
      SelectorAgents agents,
      JsonMapper json,
      AttemptIds ids,
      StorageQuota storage) {
    this.storage = storage;
    this.ids = ids;
    this.tasks = tasks;
    this.store = store;
    this.agents = agents;
    this.json = json;
  }

  /// A task to be made. It goes to the agent, or to any runtime of that provider and with those
  /// labels.
  record NewTask(
      @Nullable String title,
      @Nullable String prompt,
      @Nullable String agentId,
      @Nullable String provider,
      @Nullable JsonNode labels,
      @Nullable String priority,
      @Nullable String runAfter,
      @Nullable Integer timeoutSeconds,
      @Nullable Integer idleTimeoutSeconds,
      @Nullable String concurrencyKey,
      @Nullable Integer maxAttempts) {
    TaskTerms terms(Priority checked) {
      return new TaskTerms(
          checked.weight(),
          instant(runAfter),
          RunLimits.ofTask(timeoutSeconds, idleTimeoutSeconds),
          Input.key("concurrency_key", concurrencyKey),
          maxAttempts == null
              ? TaskTerms.ATTEMPTS
              : Input.between("max_attempts", maxAttempts, 1, TaskTerms.ATTEMPTS_MAX));
    }

    private static @Nullable Instant instant(@Nullable String text) {
      if (text == null) {
        return null;
      }
      var instant = Input.time("run_after", text);
      if (instant.isAfter(Instant.now().plus(RUN_AFTER_MAX))) {
        throw Refused.invalid("run_after", "is more than a year away");
      }
      return instant;
    }
  }

  /// Makes the issue and queues the task, both or neither.
  ///
  /// @param keyHeader repeated with the same task, it makes nothing new
  TaskDetail create(WorkspaceAccess access, NewTask task, @Nullable String keyHeader) {
    var title = Input.required("title", task.title(), Limits.NAME);
    var prompt = Input.optional("prompt", task.prompt(), Limits.TEXT);
    var priority = Input.priority(task.priority());
    var terms = task.terms(priority);
    var key =
        IdempotencyKey.of(
            keyHeader, access.caller().user().toString(), json.writeValueAsString(task));
    storage.requireRoomUnless(
        access.workspace(), () -> key != null && store.isMade(access.workspace(), key));
    var issue =
        new NewWork.Issue(
            new IssueId(UUID.randomUUID()),
            access.caller().author(),
            title,
            prompt,
            "todo",
            priority,
            "agent",
            agent(access, task),
            null,
            null);
    var create =
        new TaskCommand.Create(
            access.workspace(),
            new NewWork.Requester(
                access.caller().user(),
                access.caller().role(access.workspace()).map(Role::isOwnerOrAdmin).orElse(false)),
            issue,
            new NewWork.Task(new TaskId(UUID.randomUUID()), terms, true, null),
            key == null ? null : key.asRequestKey());
    return switch (tasks.ask(access.workspace(), create)) {
      case CreateAnswer.Created created -> detail(issue, created);
      case CreateAnswer.MadeBefore(var made) -> madeBefore(made);
      case CreateAnswer.KeyMisused _ -> throw Refused.otherRequest(IdempotencyKey.HEADER);
      case CreateAnswer.AgentUnknown _ -> throw Refused.notFound("agent not found");
      case CreateAnswer.AgentDraining _ ->
          throw Refused.conflict("the agent takes no new tasks: it is draining");
    };
  }

  /// The task that an earlier request has made. One that is deleted is not made again: who sends
  /// the same once more has not heard the first answer, and does not want a second task.
  public TaskDetail madeBefore(TaskId made) {
    if (store.find(made).isEmpty()) {
      throw Refused.overtaken(
          "task-deleted",
          "the task that this request has made before is deleted",
          Map.of("task_id", made.value()));
    }
    return store.detail(made);
  }

  private static TaskDetail detail(NewWork.Issue issue, CreateAnswer.Created created) {
    var task = Objects.requireNonNull(created.task(), "a task was required");
    var view = task.view();
    var waiting = task.waiting();
    return new TaskDetail(
        view,
        new TaskDetail.IssueOf(view.issueId(), created.identifier(), issue.title()),
        task.agentName(),
        waiting == null ? null : TaskDetail.Waiting.of(waiting),
        null,
        null,
        view.claimGeneration() == 0 ? List.of() : List.of(TaskStore.Attempt.current(view)),
        List.of());
  }

  private UUID agent(WorkspaceAccess access, NewTask task) {
    var selects = SelectorAgents.selects(task.provider(), task.labels());
    if (!isEmpty(task.agentId())) {
      if (selects) {
        throw Refused.invalid("agent_id", "cannot be combined with provider or labels");
      }
      return Input.id("agent_id", task.agentId());
    }
    if (!selects) {
      throw Refused.invalid("agent_id", "is required, or else provider or labels");
    }
    return agents.forSelector(access, task.provider(), task.labels()).value();
  }

  private static boolean isEmpty(@Nullable String text) {
    return text == null || text.isEmpty();
  }

  /// The task, for those who have seen to it that the caller may see it.
  public Optional<TaskView> find(TaskId task) {
    return store.find(task);
  }

  /// The task with its issue, its attempts, and why it waits.
  ///
  /// @throws Refused 404 if it is gone
  public TaskDetail detail(TaskId task) {
    return store.detail(task);
  }

  /// The task, if the caller may see it.
  public TaskView require(Caller caller, String id) {
    return ids.find(Input.id("id", id).toString())
        .flatMap(named -> store.find(named.task()))
        .filter(task -> caller.isMember(new WorkspaceId(task.workspaceId())))
        .orElseThrow(() -> Refused.notFound("task not found"));
  }

  /// Ends the task: at once, or, while it runs, by asking its runtime to. One that had been
  /// cancelled before stays so.
  void cancel(Caller caller, TaskView task) {
    var cancel = new TaskCommand.Cancel(new TaskId(task.id()), caller.author());
    switch (tasks.ask(new WorkspaceId(task.workspaceId()), cancel)) {
      case CancelAnswer.Cancelled _, CancelAnswer.Unknown _ -> {}
      case CancelAnswer.Over(var state) ->
          throw Refused.conflict("task is already " + state.wire());
    }
  }

  /// Queues another run of a task that is over, by the same agent on the same issue and on the same
  /// terms, for those who may give the agent work.
  TaskId rerun(Caller caller, TaskView task) {
    if (!TaskState.of(task.status()).isFinal()) {
      throw Refused.conflict("task is still " + task.status());
    }
    var workspace = new WorkspaceId(task.workspaceId());
    var _ = agents.require(caller, workspace, task.agentId());
    storage.requireRoom(workspace);
    return tasks
        .alone(new TaskCommand.Rerun(new TaskId(task.id()), new TaskId(UUID.randomUUID())))
        .orElseThrow(() ->
            Refused.conflict("the agent has a task waiting for this issue, or takes no new tasks"));
  }
}
