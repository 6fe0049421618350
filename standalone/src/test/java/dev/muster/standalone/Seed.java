package dev.muster.standalone;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// Where a test's randomness comes from: printed, so that a run can be had again with
/// `-Dmuster.test.seed`.
final class Seed {
  private Seed() {}

  static long of(Class<?> test) {
    var seed = Long.getLong("muster.test.seed", System.nanoTime());
    System.out.println(test.getSimpleName() + " seed " + seed);
    return seed;
  }

  static RandomGenerator random(Class<?> test) {
    return random(of(test));
  }

  static RandomGenerator random(long seed) {
    return RandomGeneratorFactory.<RandomGenerator>of("L64X128MixRandom").create(seed);
  }
}
