package dev.muster.api.notifier;

import jakarta.websocket.CloseReason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/// Sends to one socket what waits for it, on a thread of its own, and is the only one that writes
/// to its session: what the socket does not take waits in the queue, or stays in the log.
final class Sender {
  private static final Logger log = LoggerFactory.getLogger(Sender.class);
  private static final CloseReason NOT_READING =
      new CloseReason(CloseReason.CloseCodes.GOING_AWAY, "the peer does not read");
  private static final CloseReason FAILED =
      new CloseReason(CloseReason.CloseCodes.UNEXPECTED_CONDITION, "resume with your cursor");
  static final CloseReason DATABASE_AWAY =
      new CloseReason(CloseReason.CloseCodes.TRY_AGAIN_LATER, "the database is not available");

  private final DashboardSocket watcher;
  private final SendQueue sendQueue;
  private final SocketSources sources;
  // Owned by the sender's thread.
  private ChangedStatuses noted = new ChangedStatuses();
  // Written by the sender's thread, read by the keeper: when a write began that has not ended, else
  // 0.
  private volatile long writingNanos;

  Sender(DashboardSocket watcher, SocketSources sources) {
    this.watcher = watcher;
    this.sendQueue = watcher.sendQueue();
    this.sources = sources;
  }

  /// Sends until there is a reason to close, and closes.
  void run() throws InterruptedException {
    try {
      while (isOpenAfter(sendQueue.take())) {}
    } catch (DataAccessException | TransactionException e) {
      log.atWarn().setCause(e).log("A socket could not be served from the database");
      end(DATABASE_AWAY);
    } catch (IOException | IllegalStateException e) {
      log.atDebug().setCause(e).log("A socket's peer is gone or does not read");
      end(NOT_READING);
    } catch (RuntimeException e) {
      log.atError().setCause(e).log("A socket could not be served");
      end(FAILED);
    }
  }

  /// Whether one write has been under way for longer than that.
  boolean isStuckFor(Duration time) {
    var since = writingNanos;
    return since != 0 && System.nanoTime() - since > time.toNanos();
  }

  private boolean isOpenAfter(SendQueue.Next next) throws IOException, InterruptedException {
    switch (next) {
      case SendQueue.Next.Text(var json) -> write(json);
      case SendQueue.Next.Ping() -> write(null);
      case SendQueue.Next.Begin() -> begin();
      case SendQueue.Next.Behind(var position) -> {
        return catchUp(position);
      }
      case SendQueue.Next.Output() -> {
        return output();
      }
      case SendQueue.Next.Close(var reason) -> {
        end(reason);
        return false;
      }
    }
    return true;
  }

  /// Writes a text, or a ping for null. Waits until the socket has taken it.
  private void write(@Nullable String json) throws IOException {
    var session = watcher.session();
    if (session == null) {
      throw new IOException("the socket was never opened");
    }
    writingNanos = Math.max(1, System.nanoTime());
    try {
      if (json == null) {
        session.getBasicRemote().sendPing(ByteBuffer.allocate(0));
      } else {
        session.getBasicRemote().sendText(json);
      }
    } finally {
      writingNanos = 0;
    }
  }

  private void begin() throws IOException, InterruptedException {
    var since = watcher.options().since();
    if (since == null) {
      beginAt(sources.replay().head(watcher.workspace()));
      return;
    }
    switch (sources.replay().start(watcher.workspace(), since)) {
      case Replay.Start.Recovered(var position, var head) -> {
        write(sources.frames().resumed(head).json());
        if (position == head) {
          beginAt(head);
        } else {
          sendQueue.begin(position, head);
        }
      }
      case Replay.Start.Refresh(var reason, var head) -> {
        write(sources.frames().refresh(reason, head).json());
        beginAt(head);
      }
    }
  }

  /// Begins with what happens now.
  private void beginAt(long head) {
    sendQueue.begin(head, head);
    sendQueue.replayed(head);
  }

  /// Sends what the log has next. Returns false if the socket was closed meanwhile.
  private boolean catchUp(long position) throws IOException, InterruptedException {
    try (var page = sources.replay().after(watcher.workspace(), position, noted)) {
      if (!page.whole()) {
        sendQueue.close(SendQueue.TOO_SLOW);
        return true;
      }
      for (var frame : page.frames()) {
        var urgent = sendQueue.urgent();
        if (urgent != null && !isOpenAfter(urgent)) {
          return false;
        }
        if (watcher.isFor(frame)) {
          write(frame.json());
        }
      }
      if (sendQueue.replayed(page.end()) && !noted.isEmpty()) {
        sources.statuses().note(noted, watcher);
        noted = new ChangedStatuses();
      }
    }
    return true;
  }

  /// Sends a part of what each task says. Returns false if the socket was closed meanwhile.
  private boolean output() throws IOException, InterruptedException {
    var due = watcher.subscriptions().due();
    for (var frame : due.frames()) {
      var urgent = sendQueue.urgent();
      if (urgent != null && !isOpenAfter(urgent)) {
        return false;
      }
      write(frame.json());
    }
    if (due.isMore()) {
      sendQueue.output();
    }
    return true;
  }

  private void end(CloseReason reason) {
    sendQueue.close(reason);
    var session = watcher.session();
    if (session == null) {
      return;
    }
    try {
      session.close(reason);
    } catch (IOException | IllegalStateException e) {
      log.atDebug().setCause(e).log("A socket was gone before it was closed");
    }
  }
}
