package dev.muster.api.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// How many daemons heartbeats are of.
class CadenceTest {
  private static final double BEFORE = 15;

  static Stream<Arguments> beats() {
    return Stream.of(
        Arguments.of("one at 15 s", List.of(0., 15., 30., 45., 60., 75., 90.), false),
        Arguments.of("one at 5 s", List.of(0., 5., 10., 15., 20., 25., 30.), false),
        Arguments.of("one at 10 s", List.of(0., 10., 20., 30., 40., 50., 60.), false),
        Arguments.of("one, one beat late", List.of(0., 15., 34., 45., 60., 75., 90.), false),
        Arguments.of("one, one beat twice", List.of(0., 15., 15.1, 30., 45., 60., 75.), false),
        Arguments.of("one, one beat lost", List.of(0., 15., 30., 60., 75., 90., 105.), false),
        Arguments.of("one that is fast and uneven", List.of(0., 1., 4., 5., 8., 9., 12.), false),
        Arguments.of("two, 4 s apart", List.of(0., 4., 15., 19., 30., 34., 45.), true),
        Arguments.of("two at once", List.of(0., 0.1, 15., 15.1, 30., 30.1, 45.), true),
        Arguments.of("two in turns", List.of(0., 7.5, 15., 22.5, 30., 37.5, 45.), true),
        Arguments.of("two nearly in turns", List.of(0., 6.5, 15., 21.5, 30., 36.5, 45.), true),
        Arguments.of("two, too few beats", List.of(0., 4., 15., 19., 30., 34.), false));
  }

  @Test
  void afterOneOfTwoHasGoneThreeEvenBeatsSayThatThereIsOne() {
    var gone = List.of(0., 4., 15., 19., 30., 34., 45., 60., 75.);

    assertThat(cadence(gone.stream().mapToDouble(s -> s)).isOfOne(nanos(BEFORE))).isFalse();
    assertThat(
            cadence(DoubleStream.concat(gone.stream().mapToDouble(s -> s), DoubleStream.of(90)))
                .isOfOne(nanos(BEFORE)))
        .isTrue();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("beats")
  void itIsTold(String name, List<Double> seconds, boolean isOfTwo) {
    assertThat(cadence(seconds.stream().mapToDouble(s -> s)).isOfTwo(nanos(BEFORE)))
        .as(name)
        .isEqualTo(isOfTwo);
  }

  @Test
  void twoAreToldWhateverTheirDistanceAndOneIsNeverTakenForTwo() {
    var random = new SplittableRandom(15);
    for (int round = 0; round < 1_000; round++) {
      var apart = random.nextDouble(BEFORE);
      var two =
          cadence(
              DoubleStream.iterate(0, i -> i + 1)
                  .limit(7)
                  .map(i -> {
                    var late = random.nextDouble(0.2);
                    return Math.floor(i / 2) * BEFORE + (i % 2 == 0 ? 0 : apart) + late;
                  }));
      assertThat(two.isOfTwo(nanos(BEFORE))).as("%s s apart", apart).isTrue();
      var period = random.nextDouble(8.5, 60);
      var one =
          cadence(
              DoubleStream.iterate(0, i -> i + 1)
                  .limit(7)
                  .map(i -> i * period + random.nextDouble(0.7)));
      assertThat(one.isOfTwo(nanos(BEFORE))).as("one every %s s", period).isFalse();
    }
  }

  private static Cadence cadence(DoubleStream seconds) {
    var cadence = new Cadence();
    seconds.forEach(second -> cadence.beat(nanos(second)));
    return cadence;
  }

  private static long nanos(double seconds) {
    return Duration.ofMillis((long) (seconds * 1_000)).toNanos();
  }
}
