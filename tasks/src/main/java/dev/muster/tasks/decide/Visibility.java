package dev.muster.tasks.decide;

import java.util.Locale;

/// Who may see an agent and give it work: all of its workspace, or its owner and those who
/// administer.
public enum Visibility {
  WORKSPACE,
  PRIVATE;

  /// The word for it in SQL and JSON.
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// What a row names.
  ///
  /// @throws IllegalArgumentException if there is no such word
  public static Visibility of(String wire) {
    return valueOf(wire.toUpperCase(Locale.ROOT));
  }
}
