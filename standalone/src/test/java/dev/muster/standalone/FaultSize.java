package dev.muster.standalone;

/// How much the fault tests do: little in every build, and all of it with
/// `-Dmuster.test.chaos=full`.
///
/// @param rounds how often each fault is caused
record FaultSize(int tasks, int runtimes, int slots, int rounds) {
  static FaultSize get() {
    return switch (System.getProperty("muster.test.chaos", "small")) {
      case "full" -> new FaultSize(2_000, 8, 2, 10);
      case "small" -> new FaultSize(300, 8, 2, 2);
      default -> throw new IllegalArgumentException("muster.test.chaos is small or full");
    };
  }
}
