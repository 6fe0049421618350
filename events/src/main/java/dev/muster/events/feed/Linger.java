package dev.muster.events.feed;

import java.time.Duration;

/// How long to let events come together before the next batch, by how many were in the last one: a
/// batch of many costs hardly more than a batch of one, so the busier it is the longer, and what
/// comes alone waits for nobody.
///
/// @param least after a batch of any size
/// @param perEvent how much longer for each event in it
/// @param most however many they were
record Linger(Duration least, Duration perEvent, Duration most) {
  Duration after(int events) {
    if (events == 0) {
      return Duration.ZERO;
    }
    var longer = least.plus(perEvent.multipliedBy(events));
    return longer.compareTo(most) < 0 ? longer : most;
  }
}
