package dev.muster.api.daemon;

import dev.muster.api.socket.Goodbye;
import dev.muster.events.id.RuntimeId;
import dev.muster.events.id.UserId;
import dev.muster.events.id.WorkspaceId;
import jakarta.websocket.CloseReason;
import jakarta.websocket.Session;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One daemon's socket. A virtual thread of its own sends what there is to say.
///
/// What waits to be sent is small however much happens: a wake-up stands for all before it, and of
/// each runtime there is one answer at most. Wake-ups keep a distance, since each costs the daemon
/// a claim.
final class DaemonConnection implements Goodbye.Peer {
  private static final Logger log = LoggerFactory.getLogger(DaemonConnection.class);
  private static final long WAKE_DISTANCE_NANOS = Duration.ofMillis(100).toNanos();
  private static final Duration PING_EVERY = Duration.ofSeconds(30);
  private static final Duration SILENT_AT_MOST = Duration.ofSeconds(75);
  private static final CloseReason SILENT =
      new CloseReason(CloseReason.CloseCodes.GOING_AWAY, "no sign of life");
  private static final CloseReason NOT_READING =
      new CloseReason(CloseReason.CloseCodes.GOING_AWAY, "the peer does not read");

  /// Whose a connection is.
  ///
  /// @param tokenHash what is kept of the token, to ask again whether it is still valid
  /// @param process what the daemon's process calls itself; null where it does not say
  /// @param runtimes those it was opened for, and their workspaces
  record Opening(
      UserId user,
      String tokenHash,
      @Nullable String process,
      Map<RuntimeId, WorkspaceId> runtimes) {
    Opening {
      runtimes = Map.copyOf(runtimes);
    }

    Collection<WorkspaceId> workspaces() {
      return runtimes.values();
    }
  }

  private final Opening opening;
  private final DaemonConnections all;
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  // Guarded by the lock.
  private final Map<RuntimeId, String> answers = new LinkedHashMap<>();
  private @Nullable RuntimeId woken;
  private long wokenNanos = System.nanoTime() - WAKE_DISTANCE_NANOS;
  private boolean workspacesChanged;
  private boolean pings;
  private @Nullable CloseReason reason;
  // Written by whoever reads from the socket, read by the keeper.
  private volatile long heardNanos = System.nanoTime();
  // Owned by the keeper's thread.
  private long pingedNanos = heardNanos;
  // Written once, by the handshake.
  private volatile @Nullable Session session;

  DaemonConnection(Opening opening, DaemonConnections all) {
    this.opening = opening;
    this.all = all;
    this.thread = Thread.ofVirtual().name("muster-daemon-socket").unstarted(this::send);
  }

  Opening opening() {
    return opening;
  }

  void opened(Session with) {
    session = with;
    heard();
    thread.start();
  }

  void heard() {
    heardNanos = System.nanoTime();
  }

  /// Tells the daemon that there may be work. Waits for nobody, as all that follow.
  void wake(RuntimeId runtime) {
    change(() -> woken = runtime);
  }

  void answer(RuntimeId runtime, String frame) {
    change(() -> answers.put(runtime, frame));
  }

  void tellWorkspacesChanged() {
    change(() -> workspacesChanged = true);
  }

  @Override
  public void close(CloseReason why) {
    change(() -> reason = reason == null ? why : reason);
  }

  private void change(Runnable what) {
    lock.lock();
    try {
      what.run();
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /// What the passing of time asks for.
  void tick() {
    var now = System.nanoTime();
    if (now - heardNanos > SILENT_AT_MOST.toNanos()) {
      close(SILENT);
    } else if (now - pingedNanos > PING_EVERY.toNanos()) {
      pingedNanos = now;
      change(() -> pings = true);
    }
  }

  /// Waits until the socket is closed, for the time given at most.
  @Override
  public void awaitEnd(Duration atMost) throws InterruptedException {
    if (session != null) {
      thread.join(atMost);
    }
  }

  /// What is sent next.
  ///
  /// @param frames in their order
  /// @param close after them; null to go on
  private record Due(boolean ping, Queue<String> frames, @Nullable CloseReason close) {}

  private void send() {
    var opened = session;
    if (opened == null) {
      return;
    }
    var why = NOT_READING;
    try {
      while (true) {
        var due = take();
        if (due.close() != null) {
          why = due.close();
          return;
        }
        if (due.ping()) {
          opened.getBasicRemote().sendPing(ByteBuffer.allocate(0));
        }
        for (var frame : due.frames()) {
          opened.getBasicRemote().sendText(frame);
        }
      }
    } catch (IOException | IllegalStateException e) {
      log.atDebug().setCause(e).log("A daemon's socket is gone or is not read");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      all.leave(this);
      close(opened, why);
    }
  }

  private Due take() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (true) {
        var now = System.nanoTime();
        var pause = woken == null ? 0 : WAKE_DISTANCE_NANOS - (now - wokenNanos);
        var isWakeDue = woken != null && pause <= 0;
        if (reason != null || pings || workspacesChanged || isWakeDue || !answers.isEmpty()) {
          return due(isWakeDue, now);
        }
        if (pause > 0) {
          var _ = changed.await(pause, TimeUnit.NANOSECONDS);
        } else {
          changed.await();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private Due due(boolean isWakeDue, long now) {
    var frames = new ArrayDeque<String>();
    if (isWakeDue && woken != null) {
      frames.add(DaemonFrames.taskAvailable(woken));
      woken = null;
      wokenNanos = now;
    }
    if (workspacesChanged) {
      frames.add(DaemonFrames.WORKSPACES_CHANGED);
      workspacesChanged = false;
    }
    frames.addAll(answers.values());
    answers.clear();
    var ping = pings;
    pings = false;
    return new Due(ping, frames, reason);
  }

  private static void close(Session session, CloseReason why) {
    try {
      session.close(why);
    } catch (IOException | IllegalStateException e) {
      log.atDebug().setCause(e).log("A daemon's socket was gone before it was closed");
    }
  }
}
