package dev.muster.events.task;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// Why an attempt ended without success: a closed list that also says what follows from each.
///
/// The first part is Muster's own and that of daemons so far. The second is what Multica's daemons
/// say since 2026-08, kept in their words.
public enum FailureReason {
  /// The runtime stopped sending heartbeats, and did not come back within its grace.
  RUNTIME_LOST("runtime went offline", Then.RETRIED),
  /// The runtime's daemon came as a new process, so what it ran before is gone.
  RUNTIME_RESTARTED("runtime was restarted", Then.RETRIED),
  /// The runtime's daemon said goodbye while the task was active.
  RUNTIME_STOPPED("runtime was stopped", Then.RETRIED),
  /// The runtime works on without having said how the task ended.
  REPORT_LOST("runtime did not report how the task ended", Then.RETRIED),
  /// Claimed and never started.
  DEADLINE_START("task was claimed and not started in time", Then.RETRIED),
  /// Ran for longer than it may.
  DEADLINE_RUN("task ran for longer than it may", Then.FAILED),
  /// The agent gave no sign for longer than it may.
  DEADLINE_IDLE("agent gave no sign for longer than it may", Then.RETRIED),
  /// The agent reported a failure.
  AGENT_ERROR("agent failed", Then.FAILED),
  /// The agent did not end in the time its daemon gave it.
  AGENT_TIMEOUT("agent timed out", Then.FAILED),
  /// The agent's model or network could not be reached.
  PROVIDER_UNAVAILABLE("provider could not be reached", Then.RETRIED),
  /// Waited in the queue for longer than it may.
  EXPIRED("task waited for longer than it may", Then.FAILED),
  /// The runtime gave the task back unharmed.
  RELEASED("task was given back", Then.RETRIED_FREE),
  /// Somebody wanted it ended.
  CANCELLED("task was cancelled", Then.FAILED),
  /// Claimed again and again, and given back each time.
  CLAIMED_TOO_OFTEN("task was claimed and given back too often", Then.FAILED),

  /// The daemon stopped while its agent was at work: it says that the task was cancelled, and
  /// nobody had asked for that.
  DAEMON_STOPPED("daemon was stopped while its agent was at work", Then.RETRIED_FREE),
  RUNTIME_OFFLINE("runtime went offline before the task began", Then.RETRIED_FREE),
  RUNTIME_RECONNECT_TIMEOUT("runtime did not come back in time", Then.RETRIED),
  RUNTIME_RECOVERY("daemon was restarted while its agent was at work", Then.RETRIED),
  TIMEOUT("preparing the task took too long", Then.RETRIED),
  SKILL_BUNDLE_UNAVAILABLE("a skill could not be fetched", Then.RETRIED),
  QUEUED_EXPIRED("task waited for longer than its daemon lets it", Then.FAILED),
  RUNTIME_CLI_TIMEOUT("the agent's program did not answer", Then.FAILED),
  INVALID_TASK_IDENTITY("daemon found the task without its agent", Then.FAILED),
  ISSUE_WINDOW_RESTRICTED("issue may not be worked on now", Then.FAILED),
  AGENT_BLOCKED("agent says that it is blocked", Then.FAILED),
  ITERATION_LIMIT("agent reached its limit of turns", Then.FAILED_FRESH),
  API_INVALID_REQUEST("provider refused the session's request", Then.FAILED_FRESH),
  AGENT_FALLBACK_MESSAGE("agent gave up with a message of its program's", Then.FAILED_FRESH),
  CODEX_SEMANTIC_INACTIVITY("agent did nothing for too long", Then.RETRIED_FRESH),
  CODEX_RESUME_OVERSIZED("session is too large to go on with", Then.RETRIED_FRESH),
  IDLE_WATCHDOG("agent gave no sign for too long", Then.FAILED),
  LOCAL_DIRECTORY_ERROR("the daemon's directory cannot be used", Then.FAILED),
  PROVIDER_AUTH_OR_ACCESS("provider refused access", Then.FAILED, true),
  PROVIDER_QUOTA_LIMIT("provider's quota is used up", Then.FAILED, true),
  PROVIDER_CAPACITY_OR_RATE_LIMIT("provider is overloaded", Then.RETRIED, true),
  PROVIDER_SERVER_ERROR("provider had an error", Then.RETRIED, true),
  PROVIDER_NETWORK("provider could not be reached", Then.RETRIED, true),
  PROCESS_FAILURE("the agent's process failed", Then.FAILED, true),
  EMPTY_OR_UNPARSEABLE_OUTPUT("agent said nothing that can be read", Then.FAILED, true),
  AGENT_RAN_OUT_OF_TIME("agent_timeout", "agent timed out", Then.FAILED),
  CONTEXT_OVERFLOW("session is longer than the model takes", Then.FAILED_FRESH, true),
  MISSING_CONFIG("the agent's program is not configured", Then.FAILED, true),
  MODEL_NOT_FOUND_OR_UNAVAILABLE("the model is not available", Then.FAILED, true),
  RUNTIME_VERSION_UNSUPPORTED("the agent's program is too old", Then.FAILED, true),
  RUNTIME_MISSING_EXECUTABLE("the agent's program is missing", Then.FAILED, true),
  UNKNOWN("agent failed", Then.FAILED, true);

  private static final String OF_AGENTS = "agent_error.";

  /// What follows, but where somebody had asked for the end.
  private enum Then {
    FAILED,
    /// The next run on the issue begins without the session.
    FAILED_FRESH,
    RETRIED,
    /// Without the session.
    RETRIED_FRESH,
    /// As none of the task's `max_attempts`.
    RETRIED_FREE
  }

  private final String wire;
  private final String sentence;
  private final Then then;

  FailureReason(String sentence, Then then) {
    this(sentence, then, false);
  }

  FailureReason(String sentence, Then then, boolean isOfAgent) {
    this.wire = (isOfAgent ? OF_AGENTS : "") + name().toLowerCase(Locale.ROOT);
    this.sentence = sentence;
    this.then = then;
  }

  FailureReason(String ofAgent, String sentence, Then then) {
    this.wire = OF_AGENTS + ofAgent;
    this.sentence = sentence;
    this.then = then;
  }

  public boolean isRetried() {
    return switch (then) {
      case RETRIED, RETRIED_FRESH, RETRIED_FREE -> true;
      case FAILED, FAILED_FRESH -> false;
    };
  }

  /// Whether another attempt is one of the task's `max_attempts`.
  public boolean costsAttempt() {
    return then != Then.RETRIED_FREE;
  }

  /// Whether the session has to do with it, so that nobody goes on with it.
  public boolean spoilsSession() {
    return then == Then.FAILED_FRESH || then == Then.RETRIED_FRESH;
  }

  /// Whether the task was taken from a runtime that may be at work on it all the same: what that
  /// reports counts as long as nobody else has claimed it. A process that is known to be gone is at
  /// work on nothing.
  public boolean mayStillEnd() {
    return this == RUNTIME_LOST || this == REPORT_LOST || this == DEADLINE_IDLE;
  }

  /// Whether only Muster itself says so.
  public boolean isOwn() {
    return compareTo(CLAIMED_TOO_OFTEN) <= 0
        && this != AGENT_ERROR
        && this != AGENT_TIMEOUT
        && this != PROVIDER_UNAVAILABLE;
  }

  /// What a person reads as the task's error.
  public String sentence() {
    return sentence;
  }

  /// The word for this reason in SQL and JSON.
  public String wire() {
    return wire;
  }

  /// The reason of that name; empty if there is none.
  public static Optional<FailureReason> of(String wire) {
    return Arrays.stream(values()).filter(reason -> reason.wire().equals(wire)).findFirst();
  }
}
