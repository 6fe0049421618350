package dev.muster.api.notifier;

import dev.muster.api.frame.Frame;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The frames that wait for one socket, in order and bounded in bytes. Guarded by its owner's lock.
///
/// A frame is let in whatever its size if nothing waits before it, so that a large one alone locks
/// nobody out.
final class FrameQueue {
  /// A frame's place; what stands there may be replaced by something newer.
  private static final class Slot {
    private Frame frame;

    Slot(Frame frame) {
      this.frame = frame;
    }
  }

  private final int maxBytes;
  private final ArrayDeque<Slot> slots = new ArrayDeque<>();
  private final Map<UUID, Slot> replaceable = new HashMap<>();
  private @Nullable Slot heartbeat;
  private long bytes;

  FrameQueue(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  boolean hasRoomFor(Frame frame) {
    return hasRoomFor(frame.bytes());
  }

  private boolean hasRoomFor(int growth) {
    return bytes == 0 || growth <= 0 || bytes + growth <= maxBytes;
  }

  /// Puts a frame at the end, or in the place of the one it replaces. Returns whether there was
  /// room.
  boolean put(Frame frame) {
    var replaces = frame.replaces();
    var slot = replaces == null ? null : replaceable.get(replaces);
    var growth = frame.bytes() - (slot == null ? 0 : slot.frame.bytes());
    if (!hasRoomFor(growth)) {
      return false;
    }
    if (slot != null) {
      bytes += growth;
      slot.frame = frame;
      return true;
    }
    var last = append(frame);
    if (replaces != null) {
      replaceable.put(replaces, last);
    }
    return true;
  }

  /// Puts a frame at the end, whatever room there is.
  void add(Frame frame) {
    append(frame);
  }

  /// Puts a heartbeat at the end. One at a time waits.
  void addHeartbeat(Frame frame) {
    heartbeat = append(frame);
  }

  boolean hasHeartbeat() {
    return heartbeat != null;
  }

  private Slot append(Frame frame) {
    var last = new Slot(frame);
    slots.addLast(last);
    bytes += frame.bytes();
    return last;
  }

  /// Takes out the first one; null if none waits.
  @Nullable Frame poll() {
    var slot = slots.pollFirst();
    if (slot == null) {
      return null;
    }
    bytes -= slot.frame.bytes();
    if (slot.frame.replaces() != null) {
      replaceable.remove(slot.frame.replaces());
    }
    if (slot == heartbeat) {
      heartbeat = null;
    }
    return slot.frame;
  }

  void clear() {
    slots.clear();
    replaceable.clear();
    bytes = 0;
  }
}
