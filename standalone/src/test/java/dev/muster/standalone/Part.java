package dev.muster.standalone;

import java.io.IOException;

/// A process of a [Cluster] that can be ended alone and comes back on the same address with what it
/// had kept.
interface Part {
  /// Starts it, and returns when it answers.
  void start() throws IOException;

  /// Ends it as `kill -9` does.
  void kill() throws IOException;

  /// Ends it in order, as SIGTERM does.
  void stop() throws IOException;
}
