package dev.muster.api.server;

/// Whether a process in which the api is not alone has started as a whole. The api answers first;
/// until the others have started, the process may yet end.
public final class Startup {
  private volatile boolean isOver;

  /// Says that everything has started.
  public void ends() {
    isOver = true;
  }

  boolean isOver() {
    return isOver;
  }
}
