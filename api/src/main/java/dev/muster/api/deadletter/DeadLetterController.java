package dev.muster.api.deadletter;

import dev.muster.api.access.Caller;
import dev.muster.api.access.Role;
import dev.muster.api.access.WorkspaceAccess;
import dev.muster.api.deadletter.DeadLetters.Filter;
import dev.muster.api.deadletter.DeadLetters.Viewer;
import dev.muster.api.edge.Created;
import dev.muster.api.edge.Input;
import dev.muster.api.edge.JsonBody;
import dev.muster.api.edge.LargeAnswer;
import dev.muster.api.edge.Limits;
import dev.muster.api.edge.NextLink;
import dev.muster.api.edge.Refused;
import dev.muster.api.edge.RowCursor;
import dev.muster.api.task.TaskDetail;
import dev.muster.api.task.TaskRequests;
import dev.muster.events.id.TaskId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.task.FailureReason;
import dev.muster.tasks.command.TaskView;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// Dead letters, for people: to look at and to try once more.
@RestController
class DeadLetterController {
  private final DeadLetters letters;
  private final TaskRequests requests;

  DeadLetterController(DeadLetters letters, TaskRequests requests) {
    this.letters = letters;
    this.requests = requests;
  }

  /// A page of dead letters, the newest first.
  @LargeAnswer
  @GetMapping("/api/dead-letters")
  ResponseEntity<List<TaskView>> list(
      WorkspaceAccess access,
      @RequestParam(name = "agent_id", required = false) @Nullable String agent,
      @RequestParam(name = "runtime_id", required = false) @Nullable String runtime,
      @RequestParam(name = "failure_reason", required = false) @Nullable String reason,
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam(required = false) @Nullable String limit,
      HttpServletRequest request) {
    var size =
        Input.between(
            "limit", Input.number("limit", limit, Limits.PAGE, Limits.PAGE), 1, Limits.PAGE);
    var page =
        letters.list(
            viewer(access.caller(), access.workspace()),
            new Filter(null, id("agent_id", agent), id("runtime_id", runtime), reason(reason)),
            RowCursor.Order.DEAD_LETTERS.parse(cursor),
            size);
    return NextLink.answer(request, page.rows(), "cursor", page.next(DeadLetters::cursor));
  }

  /// Which dead letters to redrive; what is missing leaves it open.
  record RedriveRequest(
      @Nullable String agentId,
      @Nullable String runtimeId,
      @Nullable String failureReason,
      @Nullable Integer limit) {}

  /// What has become of the dead letters that were meant.
  ///
  /// @param matched how many were meant, also beyond the limit
  /// @param redriven of how many a new task was made
  /// @param left how many of them are dead letters still
  /// @param tasks the ids of the new tasks
  record Redriven(int matched, int redriven, int left, List<UUID> tasks) {}

  @PostMapping("/api/dead-letters/redrive")
  Redriven redriveAll(WorkspaceAccess access, @JsonBody RedriveRequest request) {
    var limit =
        request.limit() == null
            ? Limits.PAGE
            : Input.between("limit", request.limit(), 1, Limits.PAGE);
    var filter =
        new Filter(
            null,
            id("agent_id", request.agentId()),
            id("runtime_id", request.runtimeId()),
            reason(request.failureReason()));
    var made = letters.redrive(viewer(access.caller(), access.workspace()), filter, limit);
    return new Redriven(made.matched(), made.tasks().size(), made.left(), made.tasks());
  }

  /// Makes a new task of a failed one: 201 with it. Done before, 200 with the same.
  @PostMapping("/api/tasks/{id}/redrive")
  ResponseEntity<TaskDetail> redrive(Caller caller, @PathVariable String id) {
    var task = requests.require(caller, id);
    if (task.redrivenBy() != null) {
      return ResponseEntity.ok(requests.madeBefore(new TaskId(task.redrivenBy())));
    }
    if (!task.status().equals("failed")) {
      throw Refused.conflict("task is " + task.status() + ": only a failed one can be redriven");
    }
    var viewer = viewer(caller, new WorkspaceId(task.workspaceId()));
    var made = letters.redrive(viewer, new Filter(task.id(), null, null, null), 1);
    if (made.tasks().isEmpty()) {
      var successor = requests.require(caller, id).redrivenBy();
      if (successor != null) {
        return ResponseEntity.ok(requests.madeBefore(new TaskId(successor)));
      }
      throw Refused.conflict("the agent has a task waiting for this issue, or takes no new tasks");
    }
    var successor = made.tasks().getFirst();
    return Created.at("/api/tasks/" + successor, requests.detail(new TaskId(successor)));
  }

  private static Viewer viewer(Caller caller, WorkspaceId workspace) {
    return new Viewer(
        workspace,
        caller.user().value(),
        caller.role(workspace).map(Role::isOwnerOrAdmin).orElse(false));
  }

  private static @Nullable UUID id(String field, @Nullable String value) {
    return value == null ? null : Input.id(field, value);
  }

  private static @Nullable String reason(@Nullable String value) {
    return value == null
        ? null
        : Input.oneOf(
            "failure_reason",
            value,
            Arrays.stream(FailureReason.values()).map(FailureReason::wire).toList());
  }
}
