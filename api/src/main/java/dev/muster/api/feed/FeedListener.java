package dev.muster.api.feed;

import dev.muster.events.Event;
import java.util.List;

/// Reacts to the feed's events in this instance.
public interface FeedListener {
  /// Takes events that follow each other, each workspace's in its order; some may come twice.
  /// Called on the reader's thread, which waits for nothing and nobody: neither may this.
  void onEvents(List<Event> events);

  /// Whether an event that could not be taken may come later, out of its order, when somebody has
  /// redriven it.
  default boolean takesRedriven() {
    return false;
  }
}
