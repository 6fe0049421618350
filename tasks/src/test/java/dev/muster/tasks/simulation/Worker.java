package dev.muster.tasks.simulation;

import dev.muster.events.id.RuntimeId;
import java.util.HashSet;
import java.util.Set;

/// A runtime, as the server knows it beside its row.
final class Worker {
  final RuntimeId id;
  final int index;
  final int cap;
  final boolean isSerial;
  final Set<String> superseded = new HashSet<>();
  long lastSeen;

  /// Empty for a daemon that does not name its processes.
  String process = "";

  Worker(RuntimeId id, int index, int cap, boolean isSerial) {
    this.id = id;
    this.index = index;
    this.cap = cap;
    this.isSerial = isSerial;
  }

  @Override
  public String toString() {
    return "runtime " + index;
  }
}
