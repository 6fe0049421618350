package dev.muster.api.snapshot;

import dev.muster.api.access.WorkspaceAccess;
import java.util.Map;

/// What one feature shows of a workspace in its snapshot.
public interface SnapshotPart {
  /// Reads the part in the snapshot's transaction.
  ///
  /// @return members of the snapshot, by their names
  Map<String, Object> read(WorkspaceAccess access);
}
