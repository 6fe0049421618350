package dev.muster.api.stats;

import dev.muster.api.edge.Refused;
import java.time.Duration;
import java.util.Arrays;

/// How far back statistics look, and in what steps.
enum StatsRange {
  HOUR("1h", Duration.ofMinutes(1), 60),
  DAY("24h", Duration.ofMinutes(15), 96),
  WEEK("7d", Duration.ofHours(1), 168);

  private final String wire;
  private final Duration step;
  private final int periods;

  StatsRange(String wire, Duration step, int periods) {
    this.wire = wire;
    this.step = step;
    this.periods = periods;
  }

  /// @throws Refused if there is no such range
  static StatsRange of(String wire) {
    return Arrays.stream(values())
        .filter(range -> range.wire.equals(wire))
        .findFirst()
        .orElseThrow(() -> Refused.invalid("range", "must be one of 1h, 24h, 7d"));
  }

  /// As requests name it.
  String wire() {
    return wire;
  }

  Duration step() {
    return step;
  }

  /// How many steps it has, the one that lasts included.
  int periods() {
    return periods;
  }
}
