package dev.muster.api.runtime;

import dev.muster.api.access.WorkspaceAccess;
import dev.muster.api.snapshot.SnapshotPart;
import java.util.Map;
import org.springframework.stereotype.Component;

/// The runtimes of a snapshot.
@Component
final class RuntimeSnapshot implements SnapshotPart {
  private final RuntimeStore runtimes;

  RuntimeSnapshot(RuntimeStore runtimes) {
    this.runtimes = runtimes;
  }

  @Override
  public Map<String, Object> read(WorkspaceAccess access) {
    var shown = runtimes.forSnapshot(access.workspace());
    return Map.of("runtimes", shown.rows(), "runtimes_left_out", shown.leftOut());
  }
}
