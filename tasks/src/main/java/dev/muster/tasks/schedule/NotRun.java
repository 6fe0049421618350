package dev.muster.tasks.schedule;

import java.util.Locale;

/// Why a time that was due has no task.
public enum NotRun {
  LATE("No dispatcher was there at the time, and it was too late afterwards.", false),
  OVERLAP("A run before it was not over.", false),
  QUEUE_FULL("As many runs wait as may.", false),
  STORAGE_FULL("The workspace keeps as many bytes as it may.", false),
  AGENT_DRAINING("The agent takes no new tasks: it is draining.", false),
  /// Also where it has become somebody else's private one.
  AGENT_GONE("The agent is gone, or not for whoever made the schedule.", true),
  AUTHOR_GONE("Whoever made the schedule is no member of the workspace any more.", true);

  private final String sentence;
  private final boolean pauses;

  NotRun(String sentence, boolean pauses) {
    this.sentence = sentence;
    this.pauses = pauses;
  }

  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  public String sentence() {
    return sentence;
  }

  /// Whether it will be so until somebody changes the schedule, which is paused for that.
  boolean pauses() {
    return pauses;
  }

  /// Whether it is something to look into, rather than what the schedule itself says.
  boolean isError() {
    return switch (this) {
      case LATE, OVERLAP -> false;
      case QUEUE_FULL, STORAGE_FULL, AGENT_DRAINING, AGENT_GONE, AUTHOR_GONE -> true;
    };
  }
}
