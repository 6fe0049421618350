package dev.muster.standalone.fault;

import java.util.function.LongPredicate;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.regex.Pattern;

/// What happens to which calls, and how often.
///
/// @param isHit says of the n-th call that the rule is for whether it is one of those it happens to
public record Rule(Predicate<String> isFor, Fate fate, LongPredicate isHit) {
  /// Calls whose `METHOD /path` holds the pattern, each with the same probability. The n-th call
  /// meets the same fate whenever the seed is the same.
  public static Rule sometimes(String calls, Fate fate, double rate, long seed) {
    return new Rule(
        Pattern.compile(calls).asPredicate(),
        fate,
        n -> random(seed + n * 0x9E3779B97F4A7C15L).nextDouble() < rate);
  }

  /// The first calls whose `METHOD /path` holds the pattern.
  public static Rule first(int count, String calls, Fate fate) {
    return new Rule(Pattern.compile(calls).asPredicate(), fate, n -> n < count);
  }

  private static RandomGenerator random(long seed) {
    return RandomGeneratorFactory.<RandomGenerator>of("L64X128MixRandom").create(seed);
  }
}
