package dev.muster.tasks.command;

import java.util.Locale;

/// Why a queued task waits: a closed list. The function `waiting_reason` in the schema decides; the
/// first that applies counts.
public enum WaitingReason {
  BACKOFF("An earlier attempt came to nothing or was given back; the next begins at run_after."),
  SCHEDULED("It is not to begin before run_after."),
  AGENT_PAUSED("The agent is paused."),
  BUDGET_REACHED("The agent or its workspace has used up its tokens for the day (UTC)."),
  ISSUE_BUSY("The agent is at work on another task of the same issue."),
  KEY_BUSY("A task with the same concurrency key runs."),
  AGENT_FULL("The agent runs as many tasks as it may."),
  RATE_LIMITED("The agent has been given as many tasks a minute as it may."),
  NO_RUNTIME_FITS("No runtime of the workspace offers what the task needs."),
  ALL_OFFLINE("Every runtime that fits is offline."),
  RUNTIME_PAUSED("Every runtime that fits and is online is paused or draining."),
  RUNTIME_DEAF("Every runtime that fits sends heartbeats and does not claim."),
  RUNTIME_FULL("Every runtime that fits runs as many tasks as it may."),
  UNASSIGNED("The dispatcher is about to choose a runtime."),
  UNCLAIMED("Its runtime has room and is about to claim it.");

  private final String sentence;

  WaitingReason(String sentence) {
    this.sentence = sentence;
  }

  public String sentence() {
    return sentence;
  }

  /// The word for this reason in SQL, JSON and metrics.
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static WaitingReason of(String wire) {
    return valueOf(wire.toUpperCase(Locale.ROOT));
  }
}
