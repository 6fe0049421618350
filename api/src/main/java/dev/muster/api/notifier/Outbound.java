package dev.muster.api.notifier;

import jakarta.websocket.CloseReason;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// What waits to be sent to one socket: bounded in bytes, in order. Many put in without waiting,
/// one takes out.
///
/// A frame that would exceed the bound closes the queue: the reader is too slow, and must come back
/// and look again. A frame is let in whatever its size if nothing waits before it, so that a large
/// one alone locks nobody out.
final class Outbound {
  static final CloseReason TOO_SLOW =
      new CloseReason(
          CloseReason.CloseCodes.TRY_AGAIN_LATER, "too slow: reconnect and fetch the lists again");

  /// What to do next.
  sealed interface Next {
    record Text(String json) implements Next {}

    record Ping() implements Next {}

    record Close(CloseReason reason) implements Next {}
  }

  /// A frame's place in the line; what stands there may be replaced by something newer.
  private static final class Slot {
    private Frame frame;

    Slot(Frame frame) {
      this.frame = frame;
    }
  }

  private final int maxBytes;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  // All guarded by the lock.
  private final ArrayDeque<Slot> slots = new ArrayDeque<>();
  private final Map<UUID, Slot> replaceable = new HashMap<>();
  private long bytes;
  private boolean pingDue;
  private @Nullable CloseReason closed;

  Outbound(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  /// Puts a frame at the end, or in the place of the one it replaces.
  void offer(Frame frame) {
    locked(() -> {
      var replaces = frame.replaces();
      var slot = replaces == null ? null : replaceable.get(replaces);
      var growth = frame.bytes() - (slot == null ? 0 : slot.frame.bytes());
      if (closed != null) {
        return;
      }
      if (bytes > 0 && growth > 0 && bytes + growth > maxBytes) {
        closeWith(TOO_SLOW);
        return;
      }
      bytes += growth;
      if (slot != null) {
        slot.frame = frame;
        return;
      }
      var last = new Slot(frame);
      slots.addLast(last);
      if (replaces != null) {
        replaceable.put(replaces, last);
      }
    });
  }

  /// Puts a frame before all others.
  void offerFirst(Frame frame) {
    locked(() -> {
      if (closed == null) {
        slots.addFirst(new Slot(frame));
        bytes += frame.bytes();
      }
    });
  }

  /// Has a ping sent before the frames that wait.
  void ping() {
    locked(() -> pingDue = true);
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
        if (closed != null) {
          return new Next.Close(closed);
        }
        if (pingDue) {
          pingDue = false;
          return new Next.Ping();
        }
        var slot = slots.pollFirst();
        if (slot != null) {
          bytes -= slot.frame.bytes();
          if (slot.frame.replaces() != null) {
            replaceable.remove(slot.frame.replaces());
          }
          return new Next.Text(slot.frame.json());
        }
        changed.await();
      }
    } finally {
      lock.unlock();
    }
  }

  private void closeWith(CloseReason reason) {
    closed = reason;
    slots.clear();
    replaceable.clear();
    bytes = 0;
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
