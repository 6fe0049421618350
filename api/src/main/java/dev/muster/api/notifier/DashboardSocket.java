package dev.muster.api.notifier;

import dev.muster.api.access.Caller;
import dev.muster.api.access.Role;
import dev.muster.api.frame.Frame;
import dev.muster.api.socket.Goodbye;
import dev.muster.events.id.UserId;
import dev.muster.events.id.WorkspaceId;
import jakarta.websocket.CloseReason;
import jakarta.websocket.Session;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// One socket and who looks at it. A virtual thread of its own sends what waits; it starts when the
/// viewer is known, or when there is nothing left to do but close.
final class DashboardSocket implements Goodbye.Peer {
  private static final int WAITING_BYTES_MAX = 1024 * 1024;
  private static final Duration PING_EVERY = Duration.ofSeconds(30);
  private static final Duration BEAT_EVERY = Duration.ofSeconds(10);
  private static final Duration SILENT_AT_MOST = Duration.ofSeconds(75);
  private static final Duration STUCK_AT_MOST = Duration.ofSeconds(15);
  private static final Duration AUTHENTICATE_WITHIN = Duration.ofSeconds(10);
  private static final CloseReason SILENT =
      new CloseReason(CloseReason.CloseCodes.GOING_AWAY, "no answer to pings");
  private static final CloseReason NEVER_AUTHENTICATED =
      new CloseReason(CloseReason.CloseCodes.VIOLATED_POLICY, "authentication timed out");

  /// Where a socket comes from, and what it wants to see.
  ///
  /// @param address what one client is recognized by before it says who it is
  record Visit(WorkspaceId workspace, String address, SocketOptions options) {}

  /// Who looks.
  ///
  /// @param tokenHash what is kept of the token, to ask again whether it is still valid
  /// @param administers the workspace
  record Viewer(UserId user, String tokenHash, boolean administers) {
    static Viewer of(Caller caller, WorkspaceId workspace, String tokenHash) {
      return new Viewer(
          caller.user(), tokenHash, caller.role(workspace).map(Role::isOwnerOrAdmin).orElse(false));
    }
  }

  private final Visit visit;
  private final WorkspaceSockets sockets;
  private final SocketSources sources;
  private final SendQueue sendQueue;
  private final Subscriptions subscriptions;
  private final Sender sender;
  private final AtomicBoolean sending = new AtomicBoolean();
  private final Thread thread;
  private final long sinceNanos = System.nanoTime();
  // Written by whoever reads from the socket, read by the keeper.
  private volatile long heardNanos = sinceNanos;
  // Owned by the keeper's thread.
  private long pingedNanos = sinceNanos;
  private long beatNanos = sinceNanos;
  // Written once, by the handshake or by the thread that reads from the socket.
  private volatile @Nullable Session session;
  // Written so first, and then by the keeper.
  private volatile @Nullable Viewer viewer;

  DashboardSocket(Visit visit, WorkspaceSockets sockets, SocketSources sources) {
    this.visit = visit;
    this.sockets = sockets;
    this.sources = sources;
    this.sendQueue = new SendQueue(WAITING_BYTES_MAX, visit.options().isResumable());
    this.subscriptions = new Subscriptions(sources.output(), this);
    this.sender = new Sender(this, sources);
    this.thread = Thread.ofVirtual().name("muster-socket").unstarted(this::send);
  }

  WorkspaceId workspace() {
    return visit.workspace();
  }

  String address() {
    return visit.address();
  }

  SocketOptions options() {
    return visit.options();
  }

  @Nullable Viewer viewer() {
    return viewer;
  }

  @Nullable Session session() {
    return session;
  }

  SendQueue sendQueue() {
    return sendQueue;
  }

  Subscriptions subscriptions() {
    return subscriptions;
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

  /// Takes a frame, if it is for this socket. Waits for nobody.
  void tell(Frame frame) {
    var passes = isFor(frame);
    if (frame.position() > 0) {
      sendQueue.tell(frame, passes);
    } else if (passes) {
      sendQueue.offer(frame);
    }
  }

  /// Whether the viewer wants to see the frame, and may.
  boolean isFor(Frame frame) {
    var who = viewer;
    return options().filter().passes(frame.about())
        && (!frame.audience().isRestricted()
            || (who != null && frame.audience().includes(who.user(), who.administers())));
  }

  void startSending() {
    if (sending.compareAndSet(false, true)) {
      thread.start();
    }
  }

  private void send() {
    try {
      sender.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      subscriptions.end();
      sockets.leave(this);
    }
  }

  @Override
  public void close(CloseReason reason) {
    sendQueue.close(reason);
    startSending();
  }

  /// Waits until the socket is closed, for the time given at most.
  @Override
  public void awaitEnd(Duration atMost) throws InterruptedException {
    if (sending.get()) {
      thread.join(atMost);
    }
  }

  /// What the passing of time asks for.
  void tick() {
    var now = System.nanoTime();
    if (sender.isStuckFor(STUCK_AT_MOST)) {
      close(SendQueue.TOO_SLOW);
    } else if (now - heardNanos > SILENT_AT_MOST.toNanos()) {
      close(SILENT);
    } else if (viewer == null && now - sinceNanos > AUTHENTICATE_WITHIN.toNanos()) {
      close(NEVER_AUTHENTICATED);
    } else if (viewer != null) {
      pingAndBeat(now);
    }
  }

  private void pingAndBeat(long now) {
    if (now - pingedNanos > PING_EVERY.toNanos()) {
      pingedNanos = now;
      sendQueue.ping();
    }
    if (options().heartbeat() && now - beatNanos > BEAT_EVERY.toNanos()) {
      beatNanos = now;
      sendQueue.beat(sources.frames()::heartbeat);
    }
  }
}
