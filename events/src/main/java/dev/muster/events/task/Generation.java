package dev.muster.events.task;

/// What a writer's claim generation says of its claim: the fencing token of a lease.
public enum Generation {
  /// The writer sent none: a daemon that does not know of it, guarded by state alone.
  NONE,
  /// The writer's claim is the task's last one.
  CURRENT,
  /// The task has been claimed again since.
  OLD
}
