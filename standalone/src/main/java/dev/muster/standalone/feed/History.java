package dev.muster.standalone.feed;

import dev.muster.events.Event;
import java.util.Arrays;

/// What the log says of one workspace, so far as it is needed to compare: a hash of each position.
final class History {
  private final long before;
  private long[] hashes = new long[16];
  private int length;
  private int published;

  /// @param before the position that the log has dropped last; 0 if it has all
  History(long before) {
    this.before = before;
  }

  /// @param event the one at the next position
  /// @param isPublished whether Kafka is said to have it
  void add(Event event, boolean isPublished) {
    if (length == hashes.length) {
      hashes = Arrays.copyOf(hashes, length * 2);
    }
    hashes[length++] = hash(event);
    published = isPublished ? length : published;
  }

  /// The last position that Kafka is said to have.
  long published() {
    return before + published;
  }

  long head() {
    return before + length;
  }

  boolean reaches(long position) {
    return position > before && position <= head();
  }

  /// Whether the event is the one that the log has at its position.
  boolean holds(Event event) {
    return hashes[Math.toIntExact(event.position() - before - 1)] == hash(event);
  }

  /// Of all that both the log and its record have.
  static long hash(Event event) {
    var hash = 17L;
    hash = 1_000_003 * hash + event.name().hashCode();
    hash = 1_000_003 * hash + event.subject().hashCode();
    hash = 1_000_003 * hash + (event.seq() == null ? 0 : event.seq());
    hash = 1_000_003 * hash + event.time().hashCode();
    return 1_000_003 * hash + event.data().hashCode();
  }
}
