package dev.muster.api.notifier;

import dev.muster.events.id.UserId;
import dev.muster.events.id.WorkspaceId;
import jakarta.websocket.CloseReason;
import jakarta.websocket.Session;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One socket and who looks at it. A virtual thread of its own sends what waits, and is the only
/// one that writes to the session; it starts when the viewer is known, or when there is nothing
/// left to do but close.
final class Watcher {
  private static final Logger log = LoggerFactory.getLogger(Watcher.class);
  private static final int WAITING_BYTES_MAX = 1024 * 1024;
  private static final Duration PING_EVERY = Duration.ofSeconds(30);
  private static final Duration SILENT_AT_MOST = Duration.ofSeconds(75);
  private static final Duration AUTHENTICATE_WITHIN = Duration.ofSeconds(10);
  private static final CloseReason SILENT =
      new CloseReason(CloseReason.CloseCodes.GOING_AWAY, "no answer to pings");
  private static final CloseReason NEVER_AUTHENTICATED =
      new CloseReason(CloseReason.CloseCodes.VIOLATED_POLICY, "authentication timed out");

  /// Who looks.
  ///
  /// @param tokenHash what is kept of the token, to ask again whether it is still valid
  record Viewer(UserId user, String tokenHash) {}

  private final WorkspaceId workspace;
  private final Rooms rooms;
  private final Outbound outbound = new Outbound(WAITING_BYTES_MAX);
  private final AtomicBoolean sending = new AtomicBoolean();
  private final Thread sender;
  private final long sinceNanos = System.nanoTime();
  // Written by whoever reads from the socket, read by the keeper.
  private volatile long heardNanos = sinceNanos;
  // Owned by the keeper's thread.
  private long pingedNanos = sinceNanos;
  // Written once each, by the handshake or by the thread that reads from the socket.
  private volatile @Nullable Session session;
  private volatile @Nullable Viewer viewer;

  Watcher(WorkspaceId workspace, Rooms rooms) {
    this.workspace = workspace;
    this.rooms = rooms;
    this.sender = Thread.ofVirtual().name("muster-socket").unstarted(this::send);
  }

  WorkspaceId workspace() {
    return workspace;
  }

  @Nullable Viewer viewer() {
    return viewer;
  }

  Outbound outbound() {
    return outbound;
  }

  void admit(Viewer who) {
    viewer = who;
  }

  void opened(Session opened) {
    session = opened;
    heard();
    if (viewer != null) {
      startSending();
    }
  }

  void heard() {
    heardNanos = System.nanoTime();
  }

  void startSending() {
    if (sending.compareAndSet(false, true)) {
      sender.start();
    }
  }

  void close(CloseReason reason) {
    outbound.close(reason);
    startSending();
  }

  /// Waits until the socket is closed, for the time given at most.
  void awaitEnd(Duration atMost) throws InterruptedException {
    if (sending.get()) {
      sender.join(atMost);
    }
  }

  /// What the passing of time asks for.
  void tick() {
    var now = System.nanoTime();
    if (now - heardNanos > SILENT_AT_MOST.toNanos()) {
      close(SILENT);
    } else if (viewer == null && now - sinceNanos > AUTHENTICATE_WITHIN.toNanos()) {
      close(NEVER_AUTHENTICATED);
    } else if (viewer != null && now - pingedNanos > PING_EVERY.toNanos()) {
      pingedNanos = now;
      outbound.ping();
    }
  }

  private void send() {
    try {
      while (sendNext(outbound.take())) {}
    } catch (IOException | IllegalStateException e) {
      log.atDebug().setCause(e).log("A socket's peer is gone or does not read");
      end(new CloseReason(CloseReason.CloseCodes.GOING_AWAY, "the peer does not read"));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      rooms.leave(this);
    }
  }

  private boolean sendNext(Outbound.Next next) throws IOException {
    return switch (next) {
      case Outbound.Next.Text(var json) -> {
        opened().getBasicRemote().sendText(json);
        yield true;
      }
      case Outbound.Next.Ping() -> {
        opened().getBasicRemote().sendPing(ByteBuffer.allocate(0));
        yield true;
      }
      case Outbound.Next.Close(var reason) -> {
        end(reason);
        yield false;
      }
    };
  }

  private Session opened() throws IOException {
    var opened = session;
    if (opened == null) {
      throw new IOException("the socket was never opened");
    }
    return opened;
  }

  private void end(CloseReason reason) {
    outbound.close(reason);
    var opened = session;
    if (opened == null) {
      return;
    }
    try {
      opened.close(reason);
    } catch (IOException | IllegalStateException e) {
      log.atDebug().setCause(e).log("A socket was gone before it was closed");
    }
  }
}
