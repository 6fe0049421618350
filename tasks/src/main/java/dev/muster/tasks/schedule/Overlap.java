package dev.muster.tasks.schedule;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// What becomes of a run that is due while one before it is not over.
public enum Overlap {
  /// It is not made.
  SKIP,
  /// It waits for the end of those before it.
  QUEUE,
  /// Those before it are cancelled, and it begins when they are over.
  CANCEL;

  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Overlap of(String wire) {
    return valueOf(wire.toUpperCase(Locale.ROOT));
  }

  public static List<String> words() {
    return Arrays.stream(values()).map(Overlap::wire).toList();
  }
}
