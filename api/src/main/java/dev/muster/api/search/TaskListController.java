package dev.muster.api.search;

import dev.muster.api.access.WorkspaceAccess;
import dev.muster.api.edge.Input;
import dev.muster.api.edge.LargeAnswer;
import dev.muster.api.edge.Limits;
import dev.muster.api.edge.Refused;
import dev.muster.api.request.KnownParameters;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// The route of the list.
@RestController
class TaskListController {
  private static final int PAGE_DEFAULT = 100;

  private final TaskList list;

  TaskListController(TaskList list) {
    this.list = list;
  }

  /// A page of the workspace's tasks. What it is narrowed by is told in docs/dashboards.md.
  @LargeAnswer
  @KnownParameters({
    "status",
    "agent_id",
    "runtime_id",
    "issue_id",
    "schedule_id",
    "priority",
    "failure_reason",
    "q",
    "created_after",
    "created_before",
    "sort",
    "cursor"
  })
  @GetMapping({"/api/tasks", "/api/tasks/"})
  TaskList.Answer list(
      WorkspaceAccess access,
      @RequestParam(required = false) @Nullable String limit,
      HttpServletRequest request) {
    return list.list(access.workspace(), TaskQuery.of(request), limit(limit));
  }

  private static int limit(@Nullable String limit) {
    if (limit == null || limit.isEmpty()) {
      return PAGE_DEFAULT;
    }
    try {
      return Input.between("limit", Integer.parseInt(limit), 1, Limits.PAGE);
    } catch (NumberFormatException e) {
      throw Refused.invalid("limit", "is not a number");
    }
  }
}
