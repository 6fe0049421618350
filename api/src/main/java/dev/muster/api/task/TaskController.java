package dev.muster.api.task;

import dev.muster.api.access.Caller;
import dev.muster.api.access.WorkspaceAccess;
import dev.muster.api.edge.Created;
import dev.muster.api.edge.IdempotencyKey;
import dev.muster.api.edge.Input;
import dev.muster.api.edge.JsonBody;
import dev.muster.api.edge.LargeAnswer;
import dev.muster.api.edge.Limits;
import dev.muster.api.edge.NextLink;
import dev.muster.api.edge.Refused;
import dev.muster.api.edge.RowCursor;
import dev.muster.events.id.AgentId;
import dev.muster.events.id.TaskId;
import dev.muster.tasks.command.TaskView;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/// Tasks, for people.
@RestController
class TaskController {
  private final TaskStore tasks;
  private final OpenTaskStore openTasks;
  private final TaskRequests requests;

  TaskController(TaskStore tasks, OpenTaskStore openTasks, TaskRequests requests) {
    this.tasks = tasks;
    this.openTasks = openTasks;
    this.requests = requests;
  }

  @PostMapping({"/api/tasks", "/api/tasks/"})
  @ResponseStatus(HttpStatus.CREATED)
  ResponseEntity<TaskDetail> create(
      WorkspaceAccess access,
      @RequestHeader(name = IdempotencyKey.HEADER, required = false) @Nullable String key,
      @JsonBody TaskRequests.NewTask task) {
    return made(requests.create(access, task, key));
  }

  @GetMapping("/api/tasks/{id}")
  TaskDetail find(Caller caller, @PathVariable String id) {
    return tasks.detail(new TaskId(requests.require(caller, id).id()));
  }

  /// How many tasks wait, for each reason, of a long queue those of 1,000.
  @GetMapping("/api/tasks/waiting")
  Map<String, Integer> waiting(WorkspaceAccess access) {
    return openTasks.waitingReasons(access.workspace());
  }

  @PostMapping("/api/tasks/{id}/cancel")
  TaskDetail cancel(Caller caller, @PathVariable String id) {
    var task = requests.require(caller, id);
    requests.cancel(caller, task);
    return tasks.detail(new TaskId(task.id()));
  }

  @PostMapping("/api/tasks/{id}/rerun")
  @ResponseStatus(HttpStatus.CREATED)
  ResponseEntity<TaskDetail> rerun(Caller caller, @PathVariable String id) {
    return made(tasks.detail(requests.rerun(caller, requests.require(caller, id))));
  }

  private static ResponseEntity<TaskDetail> made(TaskDetail task) {
    return Created.at("/api/tasks/" + task.task().id(), task);
  }

  @LargeAnswer
  @GetMapping("/api/agents/{id}/tasks")
  ResponseEntity<List<TaskView>> ofAgent(
      Caller caller,
      @PathVariable String id,
      @RequestParam(required = false) @Nullable String cursor,
      HttpServletRequest request) {
    var agent =
        Input.lenientId(id)
            .map(AgentId::new)
            .filter(found -> tasks.isAgentFor(caller, found))
            .orElseThrow(() -> Refused.notFound("agent not found"));
    var order = RowCursor.Order.TASKS_OF_AGENT;
    var page = tasks.ofAgent(agent, order.parse(cursor), Limits.PAGE);
    var next = page.next(last -> order.cursor(last.createdAt(), last.id()));
    return NextLink.answer(request, page.rows(), "cursor", next);
  }
}
