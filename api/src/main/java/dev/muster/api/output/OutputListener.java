package dev.muster.api.output;

import java.util.List;

/// Reacts to what running tasks say.
public interface OutputListener {
  /// What it is called where it could not take what was said: it stays, as a feed listener's does.
  String name();

  /// Takes what was said, each task's in its order; some may be lost, and some may come twice.
  /// Called on the reader's thread, which waits for nothing and nobody: neither may this.
  void onOutput(List<Output> said);
}
