package dev.muster.api.daemon;

import dev.muster.api.access.Callers;
import dev.muster.events.feed.Loop;
import jakarta.websocket.CloseReason;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/// Keeps the daemons' sockets honest: pings, closes the silent, and closes those whose token was
/// revoked or whose user has left a workspace.
@Component
final class DaemonKeeper extends Loop {
  private static final Duration TICK = Duration.ofSeconds(1);
  private static final int TICKS_PER_REVIEW = 5;
  private static final CloseReason REVOKED =
      new CloseReason(CloseReason.CloseCodes.getCloseCode(4001), "access was withdrawn");

  private final DaemonConnections connections;
  private final Callers callers;
  // Owned by the loop's thread.
  private int ticks;

  DaemonKeeper(DaemonConnections connections, Callers callers) {
    super("muster-daemon-keeper");
    this.connections = connections;
    this.callers = callers;
  }

  @Override
  protected void step() throws InterruptedException {
    Thread.sleep(TICK);
    var all = connections.all();
    all.forEach(DaemonConnection::tick);
    ticks++;
    if (ticks % TICKS_PER_REVIEW == 0) {
      review(all);
    }
  }

  /// Asks anew about each token; the sockets of one token are one question.
  private void review(List<DaemonConnection> all) {
    var byToken =
        all.stream().collect(Collectors.groupingBy(connection -> connection.opening().tokenHash()));
    var valid = callers.review(byToken.keySet());
    byToken.forEach((hash, ofToken) -> {
      var caller = valid.get(hash);
      ofToken.stream()
          .filter(connection ->
              caller == null
                  || !connection.opening().workspaces().stream().allMatch(caller::isMember))
          .forEach(connection -> connection.close(REVOKED));
    });
  }
}
