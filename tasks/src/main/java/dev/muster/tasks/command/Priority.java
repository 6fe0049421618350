package dev.muster.tasks.command;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// How urgent work is: a word in JSON and in an issue's row, a number in the queue.
public enum Priority {
  NONE(0),
  LOW(1),
  MEDIUM(2),
  HIGH(3),
  URGENT(4);

  public static final List<String> WORDS = Arrays.stream(values()).map(Priority::wire).toList();

  private final int weight;

  Priority(int weight) {
    this.weight = weight;
  }

  /// The word for it in SQL and JSON.
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// What a row names.
  ///
  /// @throws IllegalArgumentException if there is no such word
  public static Priority of(String wire) {
    return valueOf(wire.toUpperCase(Locale.ROOT));
  }

  /// What the queue orders by: 0 for none to 4 for urgent.
  public int weight() {
    return weight;
  }
}
