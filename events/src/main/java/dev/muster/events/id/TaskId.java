package dev.muster.events.id;

import java.util.UUID;

/// The id of one task.
public record TaskId(UUID value) {
  @Override
  public String toString() {
    return value.toString();
  }
}
