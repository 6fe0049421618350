package dev.muster.tasks.schedule;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is to be made of the times that have come.
///
/// @param runs those that are run, in order
/// @param late those that are not, since they were found too late
/// @param next the time that is due next; null if there is none
public record Due(List<Instant> runs, List<Instant> late, @Nullable Instant next) {
  /// What comes no later than this after it was to be acted on was not missed.
  public static final Duration ON_TIME = Duration.ofMinutes(1);

  /// How many times are dealt with at once.
  static final int TIMES_MAX = 1_000;

  public Due {
    runs = List.copyOf(runs);
    late = List.copyOf(late);
  }

  /// Decides on all times up to now; where they are very many, on the first of them, and the rest
  /// is due at once.
  ///
  /// @param due the first of them
  /// @param actedOn when that one was to be acted on
  /// @param catchUp how many are run that were missed, of the last
  static Due at(Instant now, Recurrence recurrence, Instant due, Instant actedOn, int catchUp) {
    var times = new ArrayList<Instant>();
    var next = due;
    while (next != null && !next.isAfter(now) && times.size() < TIMES_MAX) {
      times.add(next);
      next = recurrence.next(next).orElse(null);
    }
    if (next != null && !next.isAfter(now)) {
      var kept = Math.max(0, times.size() - Math.max(1, catchUp));
      return new Due(List.of(), times.subList(0, kept), times.get(kept));
    }
    var last = times.size() == 1 ? actedOn : times.getLast();
    var isOnTime = !last.plus(ON_TIME).isBefore(now);
    var runs = Math.max(catchUp, isOnTime ? 1 : 0);
    var late = Math.max(0, times.size() - runs);
    return new Due(times.subList(late, times.size()), times.subList(0, late), next);
  }
}
