package dev.muster.events.id;

import java.util.UUID;

/// The id of one schedule.
public record ScheduleId(UUID value) {
  @Override
  public String toString() {
    return value.toString();
  }
}
