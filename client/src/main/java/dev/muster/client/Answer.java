package dev.muster.client;

import java.time.Duration;

/// What became of a call.
public sealed interface Answer<T> {

  /// The server has decided: to make the same call again would change nothing.
  sealed interface Final<T> extends Answer<T> {}

  /// It is as the caller wanted it.
  record Accepted<T>(T value) implements Final<T> {}

  /// The task had ended before, in another way.
  ///
  /// @param state how it ended
  record Late<T>(String state) implements Final<T> {}

  /// The claim is over: kill the agent and say nothing more about the task.
  ///
  /// @param currentGeneration of the claim that is valid now; 0 if the server does not say
  record Fenced<T>(long currentGeneration, String state) implements Final<T> {}

  /// A refusal for any other reason.
  ///
  /// @param type of the problem document; empty if there was none
  record Refused<T>(int status, String type, String sentence) implements Final<T> {
    private static final String SUPERSEDED = "urn:muster:problem:superseded";

    /// Whether a newer process has taken this runtime's place.
    public boolean isSuperseded() {
      return type.equals(SUPERSEDED);
    }

    /// Whether the caller was refused, not what it said: with another token it may be taken.
    public boolean isOfCaller() {
      return status == 401 || status == 403;
    }

    /// Whether the server knows no such route, or nothing of that name.
    public boolean isNotFound() {
      return status == 404 || status == 405;
    }
  }

  /// Nothing is known: the call may have had its effect or not. Make it again.
  ///
  /// @param retryAfter how long the server asks to be left alone; zero if it does not say
  record NoAnswer<T>(String reason, Duration retryAfter) implements Answer<T> {}
}
