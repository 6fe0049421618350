package dev.muster.events.task;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// Why an attempt ended without success: a closed list that also says which reasons are worth
/// another attempt.
public enum FailureReason {
  /// The runtime stopped sending heartbeats, and did not come back within its grace.
  RUNTIME_LOST("runtime went offline"),
  /// The runtime's daemon came as a new process, so what it ran before is gone.
  RUNTIME_RESTARTED("runtime was restarted"),
  /// The runtime's daemon said goodbye while the task was active.
  RUNTIME_STOPPED("runtime was stopped"),
  /// The runtime works on without having said how the task ended.
  REPORT_LOST("runtime did not report how the task ended"),
  /// Claimed and never started.
  DEADLINE_START("task was claimed and not started in time"),
  /// Ran for longer than it may.
  DEADLINE_RUN("task ran for longer than it may"),
  /// The agent reported a failure.
  AGENT_ERROR("agent failed"),
  /// The agent did not end in the time its daemon gave it.
  AGENT_TIMEOUT("agent timed out"),
  /// The agent's model or network could not be reached.
  PROVIDER_UNAVAILABLE("provider could not be reached"),
  /// Waited in the queue for longer than it may.
  EXPIRED("task waited for longer than it may"),
  /// The runtime gave the task back unharmed.
  RELEASED("task was given back"),
  /// Somebody wanted it ended.
  CANCELLED("task was cancelled");

  private final String sentence;

  FailureReason(String sentence) {
    this.sentence = sentence;
  }

  public boolean isRetried() {
    return switch (this) {
      case RUNTIME_LOST,
          RUNTIME_RESTARTED,
          RUNTIME_STOPPED,
          REPORT_LOST,
          DEADLINE_START,
          PROVIDER_UNAVAILABLE,
          RELEASED ->
          true;
      case DEADLINE_RUN, AGENT_ERROR, AGENT_TIMEOUT, EXPIRED, CANCELLED -> false;
    };
  }

  /// Whether another attempt is one of the task's `max_attempts`.
  public boolean costsAttempt() {
    return this != RELEASED;
  }

  /// What a person reads as the task's error.
  public String sentence() {
    return sentence;
  }

  /// The word for this reason in SQL and JSON.
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The reason of that name; empty if there is none.
  public static Optional<FailureReason> of(String wire) {
    return Arrays.stream(values()).filter(reason -> reason.wire().equals(wire)).findFirst();
  }
}
