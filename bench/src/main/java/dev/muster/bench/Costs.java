package dev.muster.bench;

import dev.muster.bench.Meter.Used;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/// What each of many lives of tasks cost.
///
/// @param lives how many there were between the two readings
record Costs(Used before, Used after, double lives, double seconds) {
  private static final double MILLIS_PER_SECOND = 1e3;

  /// Two lines for a person.
  String text() {
    return """
    of each lifecycle: Postgres %.2f ms, JVM %.2f ms (%s)
      %.2f transactions, %,.0f bytes of WAL; commands per batch %s, batches/s %s\
    """
        .formatted(
            millis(after.postgres() - before.postgres()),
            Arrays.stream(ThreadKind.values()).mapToDouble(this::millis).sum(),
            Arrays.stream(ThreadKind.values())
                .map(
                    kind -> "%s %.2f".formatted(kind.name().toLowerCase(Locale.ROOT), millis(kind)))
                .collect(Collectors.joining(", ")),
            (after.transactions() - before.transactions()) / lives,
            (after.walBytes() - before.walBytes()) / lives,
            ifCounted((after.commands() - before.commands()) / batches()),
            ifCounted(batches() / seconds));
  }

  private double batches() {
    return after.batches() - before.batches();
  }

  private double millis(ThreadKind kind) {
    return millis(after.jvm().getOrDefault(kind, 0.0) - before.jvm().getOrDefault(kind, 0.0));
  }

  private double millis(double used) {
    return used * MILLIS_PER_SECOND / lives;
  }

  private static String ifCounted(double number) {
    return Double.isNaN(number) ? "-" : "%.1f".formatted(number);
  }
}
