package dev.muster.standalone.demo;

import tools.jackson.databind.JsonNode;

/// What a simulated daemon runs for a task.
@FunctionalInterface
public interface Agent {
  /// Works on the task, for as long as it likes. It is interrupted when its daemon ends.
  ///
  /// @param task the task as the claim answered it
  Outcome run(JsonNode task) throws InterruptedException;

  /// How a run ended, as the daemon sees it.
  sealed interface Outcome {}

  /// The agent finished its work.
  ///
  /// @param sessionId empty if the agent has none
  /// @param workDir empty if the agent has none
  record Success(String output, String sessionId, String workDir) implements Outcome {}

  /// The agent reported an error, or exited with one.
  ///
  /// @param error may be empty
  record Failure(String error) implements Outcome {}

  /// The agent finished and said nothing.
  record EmptyOutput() implements Outcome {}

  /// The agent ran into the daemon's time limit of two hours.
  record Timeout() implements Outcome {}

  /// The daemon could not start the agent.
  record NotStarted(String error) implements Outcome {}
}
