package dev.muster.api.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.api.heartbeat.Cadence.Verdict;
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
        Arguments.of("one at 15 s", List.of(0., 15., 30., 45., 60., 75., 90.), Verdict.ONE),
        Arguments.of("one at 5 s", List.of(0., 5., 10., 15., 20., 25., 30.), Verdict.ONE),
        Arguments.of("one at 10 s", List.of(0., 10., 20., 30., 40., 50., 60.), Verdict.ONE),
        Arguments.of("one, one beat late", List.of(0., 15., 34., 45., 60., 75., 90.), Verdict.ONE),
        Arguments.of(
            "one, one beat twice", List.of(0., 15., 15.1, 30., 45., 60., 75.), Verdict.ONE),
        Arguments.of("one, one beat lost", List.of(0., 15., 30., 60., 75., 90., 105.), Verdict.ONE),
        Arguments.of(
            "one that is fast and uneven", List.of(0., 1., 4., 5., 8., 9., 12.), Verdict.UNCLEAR),
        Arguments.of("two, 4 s apart", List.of(0., 4., 15., 19., 30., 34., 45.), Verdict.TWO),
        Arguments.of("two at once", List.of(0., 0.1, 15., 15.1, 30., 30.1, 45.), Verdict.TWO),
        Arguments.of("two in turns", List.of(0., 7.5, 15., 22.5, 30., 37.5, 45.), Verdict.TWO),
        Arguments.of(
            "two nearly in turns", List.of(0., 6.5, 15., 21.5, 30., 36.5, 45.), Verdict.TWO),
        Arguments.of("two, too few beats", List.of(0., 4., 15., 19., 30., 34.), Verdict.UNCLEAR));
  }

  @Test
  void afterOneOfTwoHasGoneThreeEvenBeatsSayThatThereIsOne() {
    var gone = List.of(0., 4., 15., 19., 30., 34., 45., 60., 75.);

    assertThat(verdict(gone.stream().mapToDouble(s -> s))).isEqualTo(Verdict.UNCLEAR);
    assertThat(verdict(DoubleStream.concat(gone.stream().mapToDouble(s -> s), DoubleStream.of(90))))
        .isEqualTo(Verdict.ONE);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("beats")
  void itIsTold(String name, List<Double> seconds, Verdict expected) {
    assertThat(verdict(seconds.stream().mapToDouble(s -> s))).as(name).isEqualTo(expected);
  }

  @Test
  void twoAreToldWhateverTheirDistanceAndOneIsNeverTakenForTwo() {
    var random = new SplittableRandom(15);
    for (int round = 0; round < 1_000; round++) {
      var apart = random.nextDouble(BEFORE);
      var two =
          verdict(
              DoubleStream.iterate(0, i -> i + 1)
                  .limit(7)
                  .map(i -> {
                    var late = random.nextDouble(0.2);
                    return Math.floor(i / 2) * BEFORE + (i % 2 == 0 ? 0 : apart) + late;
                  }));
      assertThat(two).as("%s s apart", apart).isEqualTo(Verdict.TWO);
      var period = random.nextDouble(8.5, 60);
      var one =
          verdict(
              DoubleStream.iterate(0, i -> i + 1)
                  .limit(7)
                  .map(i -> i * period + random.nextDouble(0.7)));
      assertThat(one).as("one every %s s", period).isNotEqualTo(Verdict.TWO);
    }
  }

  private static Verdict verdict(DoubleStream seconds) {
    return Cadence.of(seconds.mapToObj(CadenceTest::millis).toList()).verdict(millis(BEFORE));
  }

  private static long millis(double seconds) {
    return (long) (seconds * 1_000);
  }
}
