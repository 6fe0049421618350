package dev.muster.api.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpreadTest {
  /// As Postgres would say it.
  private static long bucket(double seconds) {
    return (long) Math.floor(Math.log(Math.max(seconds, 0.001) / 0.001) / Math.log(1.02));
  }

  private static Spread of(double... seconds) {
    return new Spread(DoubleStream.of(seconds).mapToObj(each -> bucket(each) << 32 | 1).toList());
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.001, 0.0273, 1, 59, 3_600, 2_592_000})
  void oneDurationIsToldToOnePercent(double seconds) {
    assertThat(Spread.percentile(List.of(of(seconds)), 0.5))
        .isCloseTo(seconds, withinPercentage(1));
  }

  @Test
  void durationsOfAllPeriodsAreOnePopulation() {
    var spreads = List.of(of(1, 1, 1, 1, 1, 1), of(), of(100), of(200, 300, 400));

    assertThat(Spread.percentile(spreads, 0.5)).isCloseTo(1, withinPercentage(1));
    assertThat(Spread.percentile(spreads, 0.7)).isCloseTo(100, withinPercentage(1));
    assertThat(Spread.percentile(spreads, 0.95)).isCloseTo(400, withinPercentage(1));
    assertThat(Spread.percentile(spreads, 1)).isCloseTo(400, withinPercentage(1));
  }

  @Test
  void aBucketCountsAsManyAsItHolds() {
    var many = new Spread(List.of(bucket(2) << 32 | 3_000_000_000L, bucket(9) << 32 | 1));

    assertThat(Spread.percentile(List.of(many), 0.99)).isCloseTo(2, withinPercentage(1));
  }

  @Test
  void ofNoDurationsThereIsNoPercentile() {
    assertThat(Spread.percentile(List.of(of(), of()), 0.5)).isNull();
  }

  @Test
  void nothingIsShorterThanAMillisecond() {
    assertThat(Spread.percentile(List.of(of(0, 0, 0)), 0.5)).isEqualTo(0.001);
  }
}
