package dev.muster.api.notifier;

import dev.muster.api.access.Callers;
import dev.muster.api.frame.History;
import dev.muster.events.feed.FeedLog;
import dev.muster.events.feed.Loop;
import jakarta.websocket.CloseReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import org.springframework.stereotype.Component;

/// Keeps the sockets honest: pings, closes the silent, those whose viewer may no longer look, and
/// all when another history has begun.
@Component
final class SocketKeeper extends Loop {
  private static final Duration TICK = Duration.ofSeconds(1);
  private static final int TICKS_PER_REVIEW = 5;
  private static final int TICKS_PER_LOOK = 10;
  private static final CloseReason ANOTHER_HISTORY =
      new CloseReason(CloseReason.CloseCodes.GOING_AWAY, "another history has begun");
  private static final CloseReason REVOKED =
      new CloseReason(CloseReason.CloseCodes.getCloseCode(4001), "access was withdrawn");

  private final WorkspaceSockets sockets;
  private final Callers callers;
  private final TaskOutput output;
  private final FeedLog feedLog;
  private final History history;
  // Owned by the loop's thread.
  private int ticks;

  SocketKeeper(
      WorkspaceSockets sockets,
      Callers callers,
      TaskOutput output,
      FeedLog feedLog,
      History history) {
    super("muster-socket-keeper");
    this.feedLog = feedLog;
    this.history = history;
    this.sockets = sockets;
    this.callers = callers;
    this.output = output;
  }

  @Override
  protected void step() throws InterruptedException {
    Thread.sleep(TICK);
    var watchers = sockets.all();
    watchers.forEach(DashboardSocket::tick);
    ticks++;
    if (ticks % TICKS_PER_LOOK == 0) {
      output.lookAgain();
    }
    if (ticks % TICKS_PER_REVIEW == 0) {
      review(watchers);
      if (history.isAnotherNow(feedLog.epoch())) {
        // With those that have come meanwhile; their cursors say that they belong to the past.
        sockets.all().forEach(watcher -> watcher.close(ANOTHER_HISTORY));
      }
    }
  }

  /// Asks anew about each token; the sockets of one token are one question.
  private void review(List<DashboardSocket> watchers) {
    var byToken = new HashMap<String, List<DashboardSocket>>();
    for (var watcher : watchers) {
      var viewer = watcher.viewer();
      if (viewer != null) {
        byToken.computeIfAbsent(viewer.tokenHash(), _ -> new ArrayList<>()).add(watcher);
      }
    }
    var valid = callers.review(byToken.keySet());
    byToken.forEach((hash, ofToken) -> {
      var caller = valid.get(hash);
      for (var watcher : ofToken) {
        if (caller == null || !caller.isMember(watcher.workspace())) {
          watcher.close(REVOKED);
        } else {
          // The role may be another one by now.
          watcher.admit(DashboardSocket.Viewer.of(caller, watcher.workspace(), hash));
        }
      }
    });
  }
}
