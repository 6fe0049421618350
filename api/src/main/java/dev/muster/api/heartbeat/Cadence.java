package dev.muster.api.heartbeat;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/// When a runtime's heartbeats came, and what that says about how many daemons send them.
///
/// One daemon beats at even intervals. Two that share an identity, each even in itself, make
/// intervals that alternate while every two of them together are the same; or, where they beat in
/// perfect turns, intervals half as long as the one daemon's were. Delays and single doubled
/// requests make neither pattern for so long.
///
/// @param intervals between the last beats, in milliseconds, at most [#INTERVALS]
record Cadence(List<Long> intervals) {
  /// Intervals looked at, so that chance does not look like a pattern.
  private static final int INTERVALS = 6;

  /// Intervals that are alike when there is one daemon, for the same reason.
  private static final int EVEN = 3;

  /// What two intervals may differ by and still count as the same, in milliseconds.
  private static final long SAME = 1_200;

  /// What they must differ by to count as different.
  private static final long DIFFERENT = 1_500;

  /// A daemon that beats more often than this is not told from two.
  private static final long PERIOD_MIN = Duration.ofSeconds(8).toMillis();

  /// The cadence of these beats.
  ///
  /// @param beats when they came, in milliseconds of any clock, the oldest first
  static Cadence of(List<Long> beats) {
    var recent = beats.subList(Math.max(0, beats.size() - INTERVALS - 1), beats.size());
    return new Cadence(
        IntStream.range(1, recent.size())
            .mapToObj(i -> recent.get(i) - recent.get(i - 1))
            .toList());
  }

  /// The middle one of the intervals, in milliseconds; 0 if there is none.
  long period() {
    return intervals.isEmpty() ? 0 : intervals.stream().sorted().toList().get(intervals.size() / 2);
  }

  /// What there is to hear.
  enum Verdict {
    ONE,
    TWO,
    UNCLEAR
  }

  /// Whose beats these are.
  ///
  /// @param periodBefore the interval while there was one daemon for certain, in milliseconds; 0 if
  ///   that is not known
  Verdict verdict(long periodBefore) {
    if (intervals.size() < INTERVALS) {
      return Verdict.UNCLEAR;
    }
    if (isHalf(periodBefore) || alternates()) {
      return Verdict.TWO;
    }
    return isEven() ? Verdict.ONE : Verdict.UNCLEAR;
  }

  /// Whether the last ones came evenly.
  private boolean isEven() {
    var last = intervals.subList(INTERVALS - EVEN, INTERVALS);
    return last.stream().allMatch(interval -> Math.abs(interval - last.getFirst()) <= SAME);
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
