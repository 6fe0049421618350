package dev.muster.api.schedule;

import dev.muster.api.access.Caller;
import dev.muster.api.access.WorkspaceAccess;
import dev.muster.api.edge.Created;
import dev.muster.api.edge.Input;
import dev.muster.api.edge.JsonBody;
import dev.muster.api.edge.LargeAnswer;
import dev.muster.api.edge.Limits;
import dev.muster.api.edge.RowCursor;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/// The routes of schedules. docs/schedules.md says what they mean.
@RestController
@RequestMapping("/api/schedules")
class ScheduleController {
  private final ScheduleChanges changes;
  private final ScheduleStore store;

  ScheduleController(ScheduleChanges changes, ScheduleStore store) {
    this.changes = changes;
    this.store = store;
  }

  /// A page of schedules, the newest first.
  ///
  /// @param next what to send as `cursor` for the next page; null on the last
  record Listed(List<ScheduleView> items, @Nullable String next) {
    Listed {
      items = List.copyOf(items);
    }
  }

  @LargeAnswer
  @GetMapping({"", "/"})
  Listed list(
      WorkspaceAccess access,
      @RequestParam(required = false) @Nullable String limit,
      @RequestParam(required = false) @Nullable String cursor) {
    var rows = Input.limit(limit, Limits.PAGE);
    var page = store.list(access.workspace(), RowCursor.Order.SCHEDULES.parse(cursor), rows);
    return new Listed(
        page.rows().stream().map(ScheduleView::of).toList(),
        page.next(last -> RowCursor.Order.SCHEDULES.cursor(last.createdAt(), last.id())));
  }

  @PostMapping({"", "/"})
  @ResponseStatus(HttpStatus.CREATED)
  ResponseEntity<ScheduleView> create(WorkspaceAccess access, @JsonBody ScheduleFields fields) {
    var made = changes.create(access, fields);
    return Created.at("/api/schedules/" + made.id(), ScheduleView.of(made));
  }

  @GetMapping("/{id}")
  ScheduleView find(Caller caller, @PathVariable String id) {
    return ScheduleView.of(changes.find(caller, id));
  }

  @PatchMapping("/{id}")
  ScheduleView update(Caller caller, @PathVariable String id, @JsonBody ScheduleFields fields) {
    return ScheduleView.of(changes.update(caller, id, fields));
  }

  @DeleteMapping("/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void delete(Caller caller, @PathVariable String id) {
    changes.delete(caller, id);
  }

  @PostMapping("/{id}/pause")
  ScheduleView pause(Caller caller, @PathVariable String id) {
    return ScheduleView.of(changes.pause(caller, id));
  }

  @PostMapping("/{id}/resume")
  ScheduleView resume(Caller caller, @PathVariable String id) {
    return ScheduleView.of(changes.resume(caller, id));
  }

  @PostMapping("/{id}/run")
  @ResponseStatus(HttpStatus.CREATED)
  ResponseEntity<ScheduleChanges.Ran> run(Caller caller, @PathVariable String id) {
    var ran = changes.run(caller, id);
    return Created.at("/api/tasks/" + ran.taskId(), ran);
  }
}
