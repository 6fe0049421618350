package dev.muster.api.task;

import dev.muster.api.access.Caller;
import dev.muster.api.access.WorkspaceAccess;
import dev.muster.api.agent.SelectorAgents;
import dev.muster.api.edge.IdempotencyKey;
import dev.muster.api.edge.Input;
import dev.muster.api.edge.Limits;
import dev.muster.api.edge.Refused;
import dev.muster.api.issue.Assignee;
import dev.muster.api.issue.Issues;
import dev.muster.api.issue.NewIssue;
import dev.muster.api.issue.Priority;
import dev.muster.api.queue.Cancels;
import dev.muster.api.queue.Idempotency;
import dev.muster.api.queue.TaskQueue;
import dev.muster.api.queue.TaskTerms;
import dev.muster.events.id.AgentId;
import dev.muster.events.id.IssueId;
import dev.muster.events.id.TaskId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.task.Command;
import dev.muster.events.task.Generation;
import dev.muster.events.task.Outcome;
import dev.muster.events.task.TaskState;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What people ask for: a new task, the end of one, another run.
@Component
class TaskRequests {
  private static final int TIMEOUT_MAX_SECONDS = 30 * 24 * 3_600;
  private static final Duration RUN_AFTER_MAX = Duration.ofDays(366);

  private final TaskStore tasks;
  private final TaskQueue queue;
  private final Issues issues;
  private final SelectorAgents agents;
  private final Cancels cancels;
  private final Idempotency idempotency;
  private final JsonMapper json;

  TaskRequests(
      TaskStore tasks,
      TaskQueue queue,
      Issues issues,
      SelectorAgents agents,
      Cancels cancels,
      Idempotency idempotency,
      JsonMapper json) {
    this.tasks = tasks;
    this.queue = queue;
    this.issues = issues;
    this.agents = agents;
    this.cancels = cancels;
    this.idempotency = idempotency;
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
      @Nullable String concurrencyKey,
      @Nullable Integer maxAttempts) {
    TaskTerms terms(String checkedPriority) {
      return new TaskTerms(
          Priority.weight(checkedPriority),
          instant(runAfter),
          timeoutSeconds == null
              ? null
              : Input.between("timeout_seconds", timeoutSeconds, 1, TIMEOUT_MAX_SECONDS),
          concurrencyKey == null || concurrencyKey.isBlank()
              ? null
              : Input.optional("concurrency_key", concurrencyKey.strip(), Limits.PROVIDER),
          maxAttempts == null
              ? TaskTerms.ATTEMPTS
              : Input.between("max_attempts", maxAttempts, 1, TaskTerms.ATTEMPTS_MAX));
    }

    private static @Nullable Instant instant(@Nullable String text) {
      if (text == null || text.isBlank()) {
        return null;
      }
      try {
        var instant = OffsetDateTime.parse(text.strip()).toInstant();
        if (instant.isAfter(Instant.now().plus(RUN_AFTER_MAX))) {
          throw Refused.invalid("run_after", "is more than a year away");
        }
        return instant;
      } catch (DateTimeParseException e) {
        throw Refused.invalid("run_after", "is not an RFC 3339 date and time");
      }
    }
  }

  /// Makes the issue and queues the task, both or neither.
  ///
  /// @param keyHeader repeated with the same task, it makes nothing new
  TaskId create(WorkspaceAccess access, NewTask task, @Nullable String keyHeader) {
    var title = Input.required("title", task.title(), Limits.NAME);
    var prompt = Input.optional("prompt", task.prompt(), Limits.TEXT);
    var priority =
        Priority.checked(
            task.priority() == null || task.priority().isEmpty() ? "none" : task.priority());
    var terms = task.terms(priority);
    var scope = access.workspace().value();
    var key =
        IdempotencyKey.of(
            keyHeader, access.caller().user().toString(), json.writeValueAsString(task));
    if (key != null) {
      var made = idempotency.find(scope, key);
      if (made.isPresent()) {
        return made.get().task();
      }
    }
    var agent = agent(access, task);
    var issue = new NewIssue(title, prompt, "todo", priority, Assignee.agent(agent), null, null);
    try {
      return issues
          .createWork(access.workspace(), access.caller().user(), issue, terms, key)
          .flatMap(Issues.Created::task)
          .map(TaskId::new)
          .orElseThrow(() -> Refused.conflict("the agent takes no new tasks: it is draining"));
    } catch (DuplicateKeyException e) {
      return Optional.ofNullable(key)
          .flatMap(k -> idempotency.find(scope, k))
          .map(Idempotency.Made::task)
          .orElseThrow(() -> e);
    }
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

  /// Ends the task: at once, or, while it runs, by asking its runtime to. One that had been
  /// cancelled before stays so.
  @Transactional
  public void cancel(TaskView task) {
    if (cancels.cancelOne(task.id())) {
      return;
    }
    var now = tasks.find(new TaskId(task.id()));
    if (now.isPresent()
        && Command.CANCEL.on(now.get().standing(), Generation.NONE) instanceof Outcome.Refused) {
      throw Refused.conflict("task is already " + now.get().status());
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
        .enqueue(agent, new IssueId(task.issueId()), TaskTerms.of(task.priority()), null)
        .map(TaskId::new)
        .orElseThrow(() ->
            Refused.conflict("the agent has a task waiting for this issue, or takes no new tasks"));
  }
}
