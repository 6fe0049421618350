package dev.muster.events.id;

import java.util.UUID;

/// The id of one user.
public record UserId(UUID value) {
  @Override
  public String toString() {
    return value.toString();
  }
}
