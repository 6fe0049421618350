package dev.muster.standalone;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A dashboard that does what docs/dashboards.md asks of one: it takes a snapshot, follows from its
/// cursor, comes back with its cursor however it was cut off, and begins anew when it is told to.
///
/// Of what it applied it keeps the first and the last position and a hash over the frames between.
final class FollowingDashboard implements AutoCloseable {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final long BACKOFF_MILLIS = 300;

  private final Api api;
  private final UUID workspace;
  private final Reading reading;
  private final Thread thread;
  private volatile boolean isOver;
  // All guarded by the object's lock.
  private @Nullable Connection connection;
  private String epoch = "";
  private long base = -1;
  private long at = -1;
  private long hash;
  private int connections;
  private int refreshes;
  private String broken = "";

  /// How it reads.
  ///
  /// @param pauseEvery after how many frames it stops reading for a while; 0 for never
  record Reading(int pauseEvery, Duration pause) {
    static final Reading STEADILY = new Reading(0, Duration.ZERO);

    private Executor after(int frames) {
      return pauseEvery > 0 && frames % pauseEvery == 0
          ? CompletableFuture.delayedExecutor(pause.toMillis(), TimeUnit.MILLISECONDS)
          : Runnable::run;
    }
  }

  /// What it has applied.
  ///
  /// @param base the cursor of the snapshot it began with
  /// @param connections how many were opened
  /// @param broken what was not as promised; empty if nothing
  record Applied(long base, long last, long hash, int connections, int refreshes, String broken) {}

  FollowingDashboard(Api api, UUID workspace, Reading reading) {
    this.api = api;
    this.workspace = workspace;
    this.reading = reading;
    this.thread = Thread.ofVirtual().start(this::run);
  }

  static long hash(long before, String frame) {
    return before * 31 + frame.hashCode();
  }

  private void run() {
    while (!isOver) {
      try {
        if (cursor().isEmpty()) {
          refresh();
        }
        var opened = new Connection();
        synchronized (this) {
          connection = opened;
        }
        opened.open();
        synchronized (this) {
          connections++;
        }
        opened.ended.join();
      } catch (CompletionException | java.io.UncheckedIOException | AssertionError e) {
        // The api is away: it will be back.
        LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
      }
      LockSupport.parkNanos(
          Duration.ofMillis(ThreadLocalRandom.current().nextLong(BACKOFF_MILLIS)).toNanos());
    }
  }

  private synchronized String cursor() {
    return at < 0 ? "" : epoch + ":" + at;
  }

  private void refresh() {
    var cursor =
        api.get("/api/workspaces/" + workspace + "/snapshot").ok().get("cursor").asString();
    synchronized (this) {
      epoch = cursor.substring(0, cursor.indexOf(':'));
      at = Long.parseLong(cursor.substring(epoch.length() + 1));
      base = at;
      hash = 0;
      refreshes++;
    }
  }

  private synchronized void take(Connection from, String frame) {
    if (from != connection || !broken.isEmpty()) {
      return;
    }
    if (frame.startsWith("{\"type\":\"resume\"")) {
      if (frame.contains("\"recovered\":false")) {
        at = -1;
        from.cut();
      }
      return;
    }
    var start = frame.lastIndexOf("\"cursor\":\"");
    if (start < 0 || at < 0) {
      return;
    }
    var text = frame.substring(start + 10, frame.length() - 2);
    var position = Long.parseLong(text.substring(text.indexOf(':') + 1));
    if (frame.startsWith("{\"type\":\"heartbeat\"")) {
      check(position == at, "a heartbeat says %d at %d", position, at);
      return;
    }
    check(position == at + 1, "%d came after %d", position, at);
    at = position;
    hash = hash(hash, frame);
  }

  private void check(boolean holds, String otherwise, long position, long before) {
    if (!holds) {
      broken = otherwise.formatted(position, before);
    }
  }

  /// Whether it never stops reading, and so notices at once that it was cut off: what has arrived
  /// at one that pauses may last it past another restart.
  boolean isSteady() {
    return reading.pauseEvery() == 0;
  }

  synchronized Applied applied() {
    return new Applied(base, at, hash, connections, refreshes - 1, broken);
  }

  /// Loses its connection without a word.
  void cut() {
    Connection lost;
    synchronized (this) {
      lost = connection;
    }
    if (lost != null) {
      lost.cut();
    }
  }

  @Override
  public void close() {
    isOver = true;
    cut();
    thread.interrupt();
  }

  private final class Connection implements WebSocket.Listener {
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final StringBuilder part = new StringBuilder();
    private volatile @Nullable WebSocket socket;
    private int frames;

    private void open() {
      var query =
          "/ws?workspace_id=%s&token=%s&since=%s".formatted(workspace, api.token(), cursor());
      var uri = URI.create(api.url().replace("http://", "ws://") + query);
      socket = HTTP.newWebSocketBuilder().buildAsync(uri, this).join();
      if (isOver) {
        cut();
      }
    }

    private void cut() {
      ended.complete(null);
      if (socket != null) {
        socket.abort();
      }
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      part.append(data);
      if (last) {
        take(this, part.toString());
        part.setLength(0);
        frames++;
      }
      reading.after(last ? frames : 1).execute(() -> from.request(1));
      return CompletableFuture.completedStage(null);
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
      ended.complete(null);
      return CompletableFuture.completedStage(null);
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
      ended.complete(null);
    }
  }
}
