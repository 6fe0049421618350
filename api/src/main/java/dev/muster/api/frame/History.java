package dev.muster.api.frame;

/// What the history is called whose positions clients are told, as far as this instance knows.
public final class History {
  private volatile String name;

  public History(String name) {
    this.name = name;
  }

  public String name() {
    return name;
  }

  /// Notes what it is called now. Returns whether that is another name than before: positions that
  /// were told under the old one mean nothing any more.
  public synchronized boolean isAnotherNow(String now) {
    var isAnother = !name.equals(now);
    name = now;
    return isAnother;
  }
}
