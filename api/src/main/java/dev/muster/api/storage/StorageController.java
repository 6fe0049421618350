package dev.muster.api.storage;

import dev.muster.api.access.Caller;
import dev.muster.api.edge.Input;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.storage.StoredBytes;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/// How much of its quota a workspace has used.
@RestController
class StorageController {
  private final StorageStore store;
  private final StoredBytes stored;

  StorageController(StorageStore store, StoredBytes stored) {
    this.store = store;
    this.stored = stored;
  }

  /// What a workspace keeps.
  ///
  /// @param used in bytes, as it was counted since the last measuring
  /// @param max how many bytes it may keep
  /// @param measuredAt when it was measured last; null before the first time
  record Storage(long used, long max, @Nullable Instant measuredAt) {}

  @GetMapping("/api/workspaces/{id}/storage")
  Storage storage(Caller caller, @PathVariable String id) {
    var workspace = new WorkspaceId(Input.id("id", id));
    caller.memberOf(workspace, "workspace not found");
    return store
        .find(workspace)
        .map(kept -> new Storage(kept.bytes(), stored.max(), kept.measuredAt()))
        .orElseGet(() -> new Storage(0, stored.max(), null));
  }
}
