package dev.muster.api.snapshot;

import dev.muster.api.access.Caller;
import dev.muster.api.access.WorkspaceAccess;
import dev.muster.api.edge.Input;
import dev.muster.api.edge.LargeAnswer;
import dev.muster.events.id.WorkspaceId;
import java.util.Map;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/// Where a dashboard begins, and begins again.
@RestController
class SnapshotController {
  private final Snapshots snapshots;

  SnapshotController(Snapshots snapshots) {
    this.snapshots = snapshots;
  }

  @LargeAnswer(bytes = 2 * SnapshotPart.BYTES_MAX)
  @GetMapping("/api/workspaces/{id}/snapshot")
  Map<String, Object> snapshot(Caller caller, @PathVariable String id) {
    var workspace = new WorkspaceId(Input.id("id", id));
    var role = caller.memberOf(workspace, "workspace not found");
    return snapshots.read(new WorkspaceAccess(caller, workspace, role));
  }
}
