package dev.muster.api.snapshot;

import dev.muster.api.access.WorkspaceAccess;
import java.util.Map;

/// What one feature shows of a workspace in its snapshot.
public interface SnapshotPart {
  /// What a part may hold of one kind; what it leaves out is found in the lists.
  int ROWS_MAX = 10_000;

  /// How long the texts of one kind may be together.
  int BYTES_MAX = 4 * 1024 * 1024;

  /// Reads the part in the snapshot's transaction.
  ///
  /// @return members of the snapshot, by their names
  Map<String, Object> read(WorkspaceAccess access);
}
