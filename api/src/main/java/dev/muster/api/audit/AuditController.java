package dev.muster.api.audit;

import dev.muster.api.access.Caller;
import dev.muster.api.edge.Input;
import dev.muster.api.edge.Refused;
import dev.muster.events.id.WorkspaceId;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// The audit log of a workspace, for its owners and admins.
@RestController
class AuditController {
  private static final String NOT_FOUND = "workspace not found";

  private final AuditLog audit;

  AuditController(AuditLog audit) {
    this.audit = audit;
  }

  /// A page of the log, the newest first.
  ///
  /// @param next what to send as `cursor` for the page after this one; null on the last
  record Changes(List<AuditLog.Entry> entries, @Nullable String next) {}

  @GetMapping("/api/workspaces/{id}/audit-log")
  Changes list(
      Caller caller,
      @PathVariable String id,
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam(required = false) @Nullable String limit) {
    var rows = Input.limit(limit, AuditLog.LIST_MAX);
    var workspace =
        Input.lenientId(id).map(WorkspaceId::new).orElseThrow(() -> Refused.notFound(NOT_FOUND));
    caller.administers(workspace, NOT_FOUND);
    var page = audit.list(workspace, Input.place("cursor", cursor), rows);
    return new Changes(page.rows(), page.next(last -> Long.toString(last.id())));
  }
}
