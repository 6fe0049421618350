package dev.muster.standalone;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/// What is to become of a task. Its title says so, and the agent does it.
enum Plan {
  COMPLETES("completes"),
  /// The first attempt fails for a reason after which there is another one, where the daemon knows
  /// such a reason; else as [#COMPLETES].
  FAILS_ONCE("fails once"),
  FAILS("fails");

  /// What an agent says that fails.
  static final String ERROR = "as planned";

  private final String word;

  Plan(String word) {
    this.word = word;
  }

  String title() {
    return "Work that " + word;
  }

  static Plan of(String title) {
    return Arrays.stream(values())
        .filter(plan -> plan.title().equals(title))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(title));
  }

  /// Mostly one that completes.
  static Plan any(RandomGenerator random) {
    return switch (random.nextInt(10)) {
      case 0 -> FAILS;
      case 1, 2 -> FAILS_ONCE;
      default -> COMPLETES;
    };
  }

  /// Whether an agent is to fail in this attempt, if it can say that another may help.
  boolean failsIn(int attempt) {
    return switch (this) {
      case COMPLETES -> false;
      case FAILS_ONCE -> attempt == 1;
      case FAILS -> true;
    };
  }
}
