package dev.muster.api.notifier;

import dev.muster.api.frame.Frame;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What happens now, kept for a socket that still reads what was: the newest run of events without
/// a gap, bounded in bytes. Guarded by the lock of the queue it belongs to.
///
/// When the run grows too large it is forgotten and begins anew: the log has it all.
final class NewestEvents {
  private static final long NOT_BEGUN = Long.MAX_VALUE;

  private final int maxBytes;
  private final ArrayDeque<Frame> frames = new ArrayDeque<>();
  private long bytes;
  // The run is what comes after `from`, up to `to`.
  private long from = NOT_BEGUN;
  private long to;

  NewestEvents(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  /// Says that all events after the position will be added, unless some were already.
  void begin(long position) {
    if (from == NOT_BEGUN) {
      from = position;
      to = position;
    }
  }

  /// Adds an event that comes next, or begins anew with it.
  ///
  /// @param frame null if the socket is not told of the event
  void add(long position, @Nullable Frame frame) {
    if (from == NOT_BEGUN || position > to + 1) {
      forget(position - 1);
    } else if (position <= to) {
      return;
    }
    to = position;
    if (frame == null) {
      return;
    }
    if (bytes + frame.bytes() > maxBytes) {
      forget(position);
      return;
    }
    frames.addLast(frame);
    bytes += frame.bytes();
  }

  private void forget(long position) {
    frames.clear();
    bytes = 0;
    from = position;
    to = position;
  }

  /// Whether the run goes on where the position ends.
  boolean continues(long position) {
    return from <= position;
  }

  /// The last position of the run.
  long to() {
    return to;
  }

  /// Ends the run. Returns what stands in it after the position.
  List<Frame> end(long position) {
    var rest = frames.stream().filter(frame -> frame.position() > position).toList();
    forget(0);
    from = NOT_BEGUN;
    return rest;
  }
}
