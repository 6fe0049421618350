package dev.muster.tasks.lane;

import dev.muster.events.id.RuntimeId;
import dev.muster.events.id.WorkspaceId;

/// Hears that there may be work, beside the claims that are parked. Called by whoever has just
/// committed something, or has read it in the feed: waits for nobody.
public interface WakeListener {
  /// There may be work for this runtime.
  void wake(RuntimeId runtime);

  /// There may be work for any runtime of this workspace.
  default void wakeAll(WorkspaceId workspace) {}

  /// How many claims it keeps waiting.
  default int parked() {
    return 0;
  }
}
