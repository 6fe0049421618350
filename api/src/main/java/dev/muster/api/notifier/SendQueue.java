package dev.muster.api.notifier;

import dev.muster.api.frame.Frame;
import jakarta.websocket.CloseReason;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/// What waits to be sent to one socket: bounded in bytes, in order. Many put in without waiting,
/// one takes out.
///
/// A client that keeps a cursor and for whom an event does not fit falls behind: what waits is
/// sent, the rest is read from the log, as fast as the socket takes it, until what happens now
/// follows on it without hole or double. For a client that keeps none, the queue closes: it must
/// come back and look again.
final class SendQueue {
  static final CloseReason TOO_SLOW =
      new CloseReason(
          CloseReason.CloseCodes.getCloseCode(4008), "too slow: resume with your cursor");

  /// Who is further behind than this is told to begin anew.
  static final long BEHIND_MAX = 50_000;

  private static final int AHEAD_BYTES_MAX = 256 * 1024;

  /// What to do next.
  sealed interface Next {
    record Text(String json) implements Next {}

    record Ping() implements Next {}

    /// Say where the socket begins; nothing is sent before.
    record Begin() implements Next {}

    /// Read on in the log after a position.
    record Behind(long position) implements Next {}

    /// Read on in what the tasks say that the client listens to.
    record Output() implements Next {}

    record Close(CloseReason reason) implements Next {}
  }

  private final boolean resumable;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  // All guarded by the lock.
  private final FrameQueue queue;
  private final NewestEvents ahead = new NewestEvents(AHEAD_BYTES_MAX);
  private @Nullable Frame first;
  private @Nullable LongFunction<Frame> beatDue;
  private boolean pingDue;
  private boolean outputDue;
  private boolean begun;
  private boolean behind;
  // Everything up to here that is to be told stands in the line or was sent.
  private long at;
  private @Nullable CloseReason closed;

  /// @param resumable whether the client keeps a cursor
  SendQueue(int maxBytes, boolean resumable) {
    this.queue = new FrameQueue(maxBytes);
    this.resumable = resumable;
    this.begun = !resumable;
    this.behind = resumable;
  }

  /// Puts a frame that is not of the feed at the end, or in the place of the one it replaces.
  void offer(Frame frame) {
    locked(() -> {
      if (closed != null || (!begun && frame.replaces() != null)) {
        return;
      }
      if (!queue.put(frame)) {
        closeWith(TOO_SLOW);
      }
    });
  }

  /// Takes the event that has just happened.
  ///
  /// @param passes whether the client wants to see it
  void tell(Frame event, boolean passes) {
    var position = event.position();
    locked(() -> {
      if (closed != null || (begun && position <= at)) {
        return;
      }
      if (resumable && !behind && (position > at + 1 || (passes && !queue.hasRoomFor(event)))) {
        behind = true;
      }
      if (behind) {
        ahead.add(position, passes ? event : null);
        if (begun && position - at > BEHIND_MAX) {
          closeWith(TOO_SLOW);
        }
      } else if (passes && !queue.hasRoomFor(event)) {
        closeWith(TOO_SLOW);
      } else {
        at = position;
        if (passes) {
          queue.add(event);
        }
      }
    });
  }

  /// Begins behind a position, to read from the log what stands between it and what happens now.
  ///
  /// @param head a position behind which everything has been told, or will be
  void begin(long position, long head) {
    locked(() -> {
      begun = true;
      at = position;
      ahead.begin(head);
    });
  }

  /// What stands in the log up to the position has been sent. From where it meets what happens now,
  /// that follows. Returns whether they met.
  boolean replayed(long position) {
    lock.lock();
    try {
      at = position;
      if (closed == null && ahead.continues(position)) {
        behind = false;
        at = Math.max(position, ahead.to());
        ahead.end(position).forEach(queue::add);
        if (beatDue != null) {
          queue.addHeartbeat(beatDue.apply(at));
          beatDue = null;
        }
      }
      return !behind;
    } finally {
      lock.unlock();
    }
  }

  /// What cannot wait until all that is being sent has been sent; null if there is nothing.
  @Nullable Next urgent() {
    lock.lock();
    try {
      return closed != null || pingDue ? next() : null;
    } finally {
      lock.unlock();
    }
  }

  /// Says how far the client has got, unless that is waiting to be said already. To one that is
  /// behind it is said between two pages: then it is known.
  void beat(LongFunction<Frame> at) {
    locked(() -> {
      if (behind) {
        beatDue = at;
      } else if (closed == null && !queue.hasHeartbeat()) {
        queue.addHeartbeat(at.apply(this.at));
      }
    });
  }

  /// Puts a frame before all others.
  void offerFirst(Frame frame) {
    locked(() -> first = frame);
  }

  /// Has a ping sent before the frames that wait.
  void ping() {
    locked(() -> pingDue = true);
  }

  /// Has what tasks say read on, after the frames that wait.
  void output() {
    locked(() -> outputDue = true);
  }

  /// Forgets what waits. The first reason counts.
  void close(CloseReason reason) {
    locked(() -> {
      if (closed == null) {
        closeWith(reason);
      }
    });
  }

  /// Waits for what is to be done.
  Next take() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (true) {
        var next = next();
        if (next != null) {
          return next;
        }
        changed.await();
      }
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Next next() {
    if (closed != null) {
      return new Next.Close(closed);
    }
    if (pingDue) {
      pingDue = false;
      return new Next.Ping();
    }
    if (first != null) {
      var text = new Next.Text(first.json());
      first = null;
      return text;
    }
    if (!begun) {
      return new Next.Begin();
    }
    var frame = queue.poll();
    if (frame != null) {
      return new Next.Text(frame.json());
    }
    if (behind) {
      var beat = beatDue;
      beatDue = null;
      return beat == null ? new Next.Behind(at) : new Next.Text(beat.apply(at).json());
    }
    if (outputDue) {
      outputDue = false;
      return new Next.Output();
    }
    return null;
  }

  private void closeWith(CloseReason reason) {
    closed = reason;
    queue.clear();
    ahead.end(at);
  }

  private void locked(Runnable change) {
    lock.lock();
    try {
      change.run();
      changed.signal();
    } finally {
      lock.unlock();
    }
  }
}
