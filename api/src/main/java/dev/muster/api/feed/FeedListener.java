package dev.muster.api.feed;

/// Reacts to the feed's events in this instance.
public interface FeedListener {
  /// What it is called where it could not take an event. Dead letters are kept, and given back, by
  /// this name: it stays, whatever the class is called.
  String name();

  /// Takes the next event. Each workspace's come in its order; some may come twice. Called on the
  /// reader's thread, which waits for nothing and nobody: neither may this.
  void onEvent(FeedEvent event);

  /// Whether an event that could not be taken may come later, out of its order, when somebody has
  /// redriven it.
  default boolean takesRedriven() {
    return false;
  }
}
