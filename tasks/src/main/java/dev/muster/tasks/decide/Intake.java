package dev.muster.tasks.decide;

import java.util.Locale;

/// Whether a runtime or an agent is given work: a closed list.
public enum Intake {
  OPEN,
  /// Nothing new is begun; what is queued stays.
  PAUSED,
  /// Nothing new is begun; what is queued goes elsewhere (a runtime), or no more is taken (an
  /// agent).
  DRAINING;

  /// The word for it in SQL and JSON.
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// What a row names.
  ///
  /// @throws IllegalArgumentException if there is no such word
  public static Intake of(String wire) {
    return valueOf(wire.toUpperCase(Locale.ROOT));
  }
}
