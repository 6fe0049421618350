package dev.muster.api.task;

import dev.muster.api.access.Caller;
import dev.muster.api.edge.Input;
import dev.muster.api.edge.LargeAnswer;
import dev.muster.api.edge.NextLink;
import dev.muster.api.edge.Page;
import dev.muster.api.edge.RowCursor;
import dev.muster.api.heartbeat.RuntimeDirectory;
import dev.muster.tasks.command.TaskView;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// What waits for a runtime, for its daemon.
@RestController
class PendingController {
  private final RuntimeDirectory directory;
  private final OpenTaskStore openTasks;

  PendingController(RuntimeDirectory directory, OpenTaskStore openTasks) {
    this.directory = directory;
    this.openTasks = openTasks;
  }

  @LargeAnswer
  @GetMapping("/api/daemon/runtimes/{id}/tasks/pending")
  ResponseEntity<List<TaskView>> pending(
      Caller caller,
      @PathVariable String id,
      @RequestParam(required = false) @Nullable String limit,
      @RequestParam(required = false) @Nullable String cursor,
      HttpServletRequest request) {
    var rows = Input.limit(limit, OpenTaskStore.PENDING_MAX);
    var after = RowCursor.Order.PENDING_TASKS.parse(cursor);
    var page =
        directory
            .find(caller, id)
            .map(found -> openTasks.pending(found.runtime(), after, rows))
            .orElse(new Page<>(List.of(), 0));
    var next =
        page.next(last -> RowCursor.Order.PENDING_TASKS.cursor(last.rankAt(), last.task().id()));
    return NextLink.answer(
        request, page.rows().stream().map(OpenTaskStore.Ranked::task).toList(), "cursor", next);
  }
}
