package dev.muster.client.runtime;

/// Why a run is ended from outside.
enum Ending {
  /// A person asked for it: it is acknowledged.
  CANCELLED,
  /// The claim is over: nothing more is said about the task.
  LOST,
  /// The runtime stops: the task is given back.
  STOPPED
}
