package dev.muster.events.id;

import java.util.UUID;

/// The id of one runtime.
public record RuntimeId(UUID value) {
  @Override
  public String toString() {
    return value.toString();
  }
}
