package dev.muster.api.notifier;

import dev.muster.api.frame.Frame;
import dev.muster.api.message.TaskMessages;
import dev.muster.events.id.TaskId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The tasks that one socket listens to, and how far it has been told of each.
///
/// Whoever reads from the socket adds and removes; the socket's sender moves on.
final class Subscriptions {
  static final int MAX = 20;

  private final TaskOutput output;
  private final DashboardSocket watcher;
  // Guarded by the object's lock.
  private final Map<TaskId, Listening> tasks = new HashMap<>();
  private boolean isOver;

  Subscriptions(TaskOutput output, DashboardSocket watcher) {
    this.output = output;
    this.watcher = watcher;
  }

  /// How far the socket is with a task. Owned by the sender's thread.
  private static final class Listening {
    private TaskMessages.Place place;
    private long readVersion = -1;

    Listening(TaskMessages.Place place) {
      this.place = place;
    }
  }

  /// Listens to a task from a place on, or again from there. Returns false if there are too many.
  ///
  /// @param confirmation what is said before the first part
  synchronized boolean add(TaskId task, TaskMessages.Place place, Frame confirmation) {
    if (isOver || (tasks.size() >= MAX && !tasks.containsKey(task))) {
      return false;
    }
    watcher.sendQueue().offer(confirmation);
    tasks.put(task, new Listening(place));
    output.listen(task, watcher);
    watcher.sendQueue().output();
    return true;
  }

  synchronized void remove(TaskId task) {
    if (tasks.remove(task) != null) {
      output.ignore(task, watcher);
    }
  }

  synchronized void end() {
    isOver = true;
    tasks.keySet().forEach(task -> output.ignore(task, watcher));
    tasks.clear();
  }

  private synchronized Map<TaskId, Listening> all() {
    return Map.copyOf(tasks);
  }

  /// What is to be sent next: of each task at most one part.
  ///
  /// @return the frames, and whether there may be more
  Due due() {
    var frames = new ArrayList<Frame>();
    var isMore = false;
    for (var entry : all().entrySet()) {
      var task = entry.getKey();
      var listening = entry.getValue();
      var version = output.version(task);
      if (version == listening.readVersion) {
        continue;
      }
      var part = output.part(task, listening.place, version);
      listening.place = part.end();
      if (part.frame() != null) {
        frames.add(part.frame());
      }
      if (part.isLast()) {
        listening.readVersion = version;
      } else {
        isMore = true;
      }
    }
    return new Due(List.copyOf(frames), isMore);
  }

  record Due(List<Frame> frames, boolean isMore) {}
}
