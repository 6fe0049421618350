package dev.muster.api.runtime;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// When a runtime's heartbeats came, and what that says about how many daemons send them.
///
/// One daemon beats at even intervals. Two that share an identity, each even in itself, make
/// intervals that alternate while every two of them together are the same; or, where they beat in
/// perfect turns, intervals half as long as the one daemon's were. Delays and single doubled
/// requests make neither pattern for so long.
final class Cadence {
  /// Intervals looked at, so that chance does not look like a pattern.
  private static final int INTERVALS = 6;

  /// Intervals that are alike when there is one daemon, for the same reason.
  private static final int EVEN = 3;

  /// What two intervals may differ by and still count as the same, in nanoseconds.
  private static final long SAME = Duration.ofMillis(1_200).toNanos();

  /// What they must differ by to count as different.
  private static final long DIFFERENT = Duration.ofMillis(1_500).toNanos();

  /// A daemon that beats more often than this is not told from two.
  private static final long PERIOD_MIN = Duration.ofSeconds(8).toNanos();

  private final List<Long> intervals = new ArrayList<>();
  private long lastNanos;
  private boolean begun;

  /// Notes a heartbeat.
  void beat(long nanos) {
    if (begun) {
      intervals.addLast(nanos - lastNanos);
      if (intervals.size() > INTERVALS) {
        intervals.removeFirst();
      }
    }
    begun = true;
    lastNanos = nanos;
  }

  /// The nanoseconds since the last heartbeat; the greatest number there is if there was none.
  long silence(long nanos) {
    return begun ? nanos - lastNanos : Long.MAX_VALUE;
  }

  /// The middle one of the intervals, in nanoseconds; 0 if there was none.
  long period() {
    return intervals.isEmpty() ? 0 : intervals.stream().sorted().toList().get(intervals.size() / 2);
  }

  boolean isFull() {
    return intervals.size() == INTERVALS;
  }

  /// Whether these are the beats of two daemons.
  ///
  /// @param periodBefore the interval while there was one for certain, in nanoseconds; 0 if that is
  ///   not known
  boolean isOfTwo(long periodBefore) {
    return isFull() && (alternates() || isHalf(periodBefore));
  }

  /// Whether these are the beats of one daemon: the last ones came evenly.
  ///
  /// @param periodBefore as for [#isOfTwo]
  boolean isOfOne(long periodBefore) {
    var last = intervals.subList(Math.max(0, intervals.size() - EVEN), intervals.size());
    var first = last.isEmpty() ? 0 : last.getFirst();
    return last.size() == EVEN
        && last.stream().allMatch(interval -> Math.abs(interval - first) <= SAME)
        && !(isFull() && isHalf(periodBefore));
  }

  private boolean alternates() {
    var period = intervals.get(0) + intervals.get(1);
    if (period < PERIOD_MIN) {
      return false;
    }
    for (int i = 1; i < intervals.size(); i++) {
      var isPair = Math.abs(intervals.get(i - 1) + intervals.get(i) - period) <= SAME;
      var differs = Math.abs(intervals.get(i - 1) - intervals.get(i)) >= DIFFERENT;
      if (!isPair || !differs) {
        return false;
      }
    }
    return true;
  }

  private boolean isHalf(long periodBefore) {
    var mean = intervals.stream().mapToLong(interval -> interval).sum() / INTERVALS;
    return periodBefore >= PERIOD_MIN
        && Math.abs(2 * mean - periodBefore) <= SAME
        && intervals.stream().allMatch(interval -> Math.abs(interval - mean) <= SAME);
  }
}
