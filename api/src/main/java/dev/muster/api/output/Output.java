package dev.muster.api.output;

import dev.muster.events.id.TaskId;
import dev.muster.events.id.WorkspaceId;

/// Something a running task says.
public sealed interface Output permits Progress, Messages {
  WorkspaceId workspace();

  TaskId task();
}
