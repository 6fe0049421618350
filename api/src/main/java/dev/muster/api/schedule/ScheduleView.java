package dev.muster.api.schedule;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.muster.tasks.schedule.Schedule;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/// A schedule as clients see it.
///
/// @param status `active`, `paused`, or `finished` where nothing more is due
/// @param nextRuns the next times that are due, without their jitter
record ScheduleView(@JsonUnwrapped Schedule schedule, String status, List<Instant> nextRuns) {
  private static final int NEXT_RUNS = 5;

  ScheduleView {
    nextRuns = List.copyOf(nextRuns);
  }

  static ScheduleView of(Schedule schedule) {
    var due = schedule.dueAt();
    if (due == null) {
      return new ScheduleView(schedule, schedule.paused() ? "paused" : "finished", List.of());
    }
    var later = schedule.recurrence().upcoming(due, NEXT_RUNS - 1);
    return new ScheduleView(
        schedule, "active", Stream.concat(Stream.of(due), later.stream()).toList());
  }
}
