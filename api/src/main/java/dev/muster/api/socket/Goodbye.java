package dev.muster.api.socket;

import jakarta.websocket.CloseReason;
import java.time.Duration;
import java.util.Collection;

/// Closes the sockets of a server that is stopping, so that they come back to another one at once.
public final class Goodbye {
  private static final Duration AT_MOST = Duration.ofSeconds(3);
  private static final CloseReason STOPPING =
      new CloseReason(CloseReason.CloseCodes.GOING_AWAY, "server is stopping, reconnect");

  private Goodbye() {}

  /// A socket that is open.
  public interface Peer {
    /// Closes the socket after what is still to be said. Waits for nobody.
    void close(CloseReason reason);

    /// Waits until the socket is closed, for the time given at most.
    void awaitEnd(Duration atMost) throws InterruptedException;
  }

  /// Closes all, and waits for them for three seconds in all.
  public static void sayTo(Collection<? extends Peer> leaving) {
    leaving.forEach(peer -> peer.close(STOPPING));
    var deadline = System.nanoTime() + AT_MOST.toNanos();
    try {
      for (var peer : leaving) {
        peer.awaitEnd(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
