package dev.muster.standalone.guarantee;

import java.util.List;

/// A promise that can be broken. It is told first what all clients were answered, in no order, and
/// then the feed, in its order.
interface Guarantee {
  default void saw(Seen seen) {}

  default void told(TaskFact fact) {}

  /// Where the promise was broken, in words; empty if it holds.
  List<String> broken();
}
