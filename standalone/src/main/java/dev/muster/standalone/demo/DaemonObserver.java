package dev.muster.standalone.demo;

import tools.jackson.databind.JsonNode;

/// Sees what a simulated daemon does, on the daemon's own threads.
public interface DaemonObserver {
  /// Sees nothing.
  DaemonObserver NONE = new DaemonObserver() {};

  /// A call has ended.
  default void called(Call call) {}

  /// A task was claimed, and is not started yet.
  default void claimed(JsonNode task) {}

  /// A call and its answer.
  ///
  /// @param body what was sent; empty for a GET
  /// @param status 0 if there was no answer
  /// @param answer the body of the answer, or why there was none
  record Call(String method, String path, String body, int status, String answer) {
    /// Whether the daemon takes it as a success.
    public boolean isSuccess() {
      return status > 0 && status < 400;
    }
  }
}
