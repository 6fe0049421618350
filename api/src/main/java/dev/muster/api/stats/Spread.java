package dev.muster.api.stats;

import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// How durations are spread: counts in buckets of which each is 2 % wider than the one before.
/// Those of many periods add up, which percentiles do not, and a percentile of the sum is right to
/// 1 %.
///
/// @param buckets each a bucket's number in the upper 32 bits, and in the lower how many durations
///   are in it
record Spread(List<Long> buckets) {
  private static final double SHORTEST = 0.001;
  private static final double GROWTH = 1.02;

  Spread {
    buckets = List.copyOf(buckets);
  }

  /// The number of a duration's bucket, in SQL.
  ///
  /// @param seconds an expression of a duration in seconds
  static String bucket(String seconds) {
    return "floor(ln(greatest(%s, %s) / %s) / ln(%s))::bigint"
        .formatted(seconds, SHORTEST, SHORTEST, GROWTH);
  }

  /// The seconds in which a share of all durations is; null if there are none.
  ///
  /// @param share above 0, up to 1
  static @Nullable Double percentile(Collection<Spread> spreads, double share) {
    var counts = new TreeMap<Integer, Long>();
    for (var spread : spreads) {
      for (var bucket : spread.buckets) {
        counts.merge((int) (bucket >> 32), bucket & 0xffff_ffffL, Long::sum);
      }
    }
    var left = Math.ceil(share * counts.values().stream().mapToLong(Long::longValue).sum());
    for (var bucket : counts.entrySet()) {
      left -= bucket.getValue();
      if (left <= 0) {
        return middle(bucket.getKey());
      }
    }
    return null;
  }

  private static double middle(int bucket) {
    return bucket == 0 ? SHORTEST : SHORTEST * Math.pow(GROWTH, bucket + 0.5);
  }
}
