package dev.muster.events.task;

import java.util.Locale;

/// Why an attempt ended without success: a closed list that also says which reasons are worth
/// another attempt.
public enum FailureReason {
  /// The runtime stopped sending heartbeats.
  RUNTIME_LOST("runtime went offline"),
  /// The runtime's daemon registered again, so what it ran before is gone.
  RUNTIME_RESTARTED("runtime was restarted"),
  /// The runtime's daemon said goodbye while the task was active.
  RUNTIME_STOPPED("runtime was stopped"),
  /// Claimed and never started.
  DEADLINE_START("task was claimed and not started in time"),
  /// The agent reported a failure.
  AGENT_ERROR("agent failed");

  private final String sentence;

  FailureReason(String sentence) {
    this.sentence = sentence;
  }

  public boolean isRetried() {
    return switch (this) {
      case RUNTIME_LOST, RUNTIME_RESTARTED, RUNTIME_STOPPED, DEADLINE_START -> true;
      case AGENT_ERROR -> false;
    };
  }

  /// What a person reads as the task's error.
  public String sentence() {
    return sentence;
  }

  /// The word for this reason in SQL and JSON.
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
