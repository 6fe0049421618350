package dev.muster.standalone;

import dev.muster.events.Event;
import dev.muster.events.id.WorkspaceId;
import dev.muster.standalone.guarantee.Guarantees;
import java.util.List;

/// What the feed of a workspace must hold at any time, whatever happened: positions dense, each
/// task's events dense and on a legal path, one live claim, generations that only grow, one final
/// event and nothing behind it.
final class FeedGuarantees {
  private FeedGuarantees() {}

  static void check(WorkspaceId workspace, List<Event> events) {
    Guarantees.checkFeed(workspace, events);
  }
}
