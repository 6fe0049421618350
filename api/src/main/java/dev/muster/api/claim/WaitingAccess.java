package dev.muster.api.claim;

import dev.muster.api.access.Caller;
import dev.muster.api.access.Callers;
import dev.muster.api.edge.Refused;
import java.time.Duration;

/// The access of a claim that waits for work. Meanwhile its token may be revoked or expire, and its
/// user may leave the workspace: no task is given to it then.
///
/// Postgres is asked every few seconds, for what other instances change, and once after each change
/// in this one, before the claim is given anything.
final class WaitingAccess {
  /// How long a claim waits before its token is looked at again.
  private static final Duration SURE = Duration.ofSeconds(4);

  private final Callers callers;
  private Caller caller;
  private long askedNanos = System.nanoTime();
  // Read by whoever has a task to give.
  private volatile long changes;

  /// @param caller as it was found just now: what is changed from here on is asked for again
  WaitingAccess(Callers callers, Caller caller) {
    this.callers = callers;
    this.caller = caller;
    this.changes = callers.changes();
  }

  /// Whether nothing was changed here since the token was looked at.
  boolean isSure() {
    return callers.changes() == changes;
  }

  /// The caller as it is now, or was a few seconds ago.
  ///
  /// @throws Refused 401 if the token is no longer valid
  Caller confirmed() {
    if (!isSure() || System.nanoTime() - askedNanos >= SURE.toNanos()) {
      // In this order: what is changed after the first line is asked for again.
      changes = callers.changes();
      askedNanos = System.nanoTime();
      caller = callers.asOfNow(caller).orElseThrow(() -> Refused.unauthorized("invalid token"));
    }
    return caller;
  }

  /// How long the claim may wait before the next look.
  static Duration atMost(Duration wait) {
    return wait.compareTo(SURE) < 0 ? wait : SURE;
  }
}
