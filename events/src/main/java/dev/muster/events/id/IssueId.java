package dev.muster.events.id;

import java.util.UUID;

/// The id of one issue.
public record IssueId(UUID value) {
  @Override
  public String toString() {
    return value.toString();
  }
}
