package dev.muster.events.id;

import java.util.UUID;

/// The id of one workspace.
public record WorkspaceId(UUID value) {
  @Override
  public String toString() {
    return value.toString();
  }
}
