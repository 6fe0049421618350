package dev.muster.api.agent;

import dev.muster.api.access.WorkspaceAccess;
import dev.muster.api.snapshot.SnapshotPart;
import java.util.Map;
import org.springframework.stereotype.Component;

/// The agents of a snapshot: those that the caller may see.
@Component
final class AgentSnapshot implements SnapshotPart {
  private final AgentViews views;

  AgentSnapshot(AgentViews views) {
    this.views = views;
  }

  @Override
  public Map<String, Object> read(WorkspaceAccess access) {
    var shown = views.forSnapshot(access);
    return Map.of("agents", shown.rows(), "agents_left_out", shown.leftOut());
  }
}
