package dev.muster.events.id;

import java.util.UUID;

/// The id of one agent.
public record AgentId(UUID value) {
  @Override
  public String toString() {
    return value.toString();
  }
}
