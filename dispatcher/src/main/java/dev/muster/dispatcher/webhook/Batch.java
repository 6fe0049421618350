package dev.muster.dispatcher.webhook;

import dev.muster.events.Event;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/// What is to be done for a webhook next.
///
/// @param again what was not taken before and is due
/// @param fresh what comes after the webhook's position
/// @param blocked subjects of which something was not taken yet: what is fresh of them comes after
///   that
/// @param lost positions of what cannot be sent any more: the log has dropped it, or its maker may
///   not see it now
/// @param upTo where the webhook's position will be
record Batch(List<Again> again, List<Event> fresh, Set<UUID> blocked, List<Long> lost, long upTo) {
  Batch {
    again = List.copyOf(again);
    fresh = List.copyOf(fresh);
    blocked = Set.copyOf(blocked);
    lost = List.copyOf(lost);
  }

  /// An event that is sent another time.
  record Again(Item item, Event event) {}
}
