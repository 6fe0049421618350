package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A daemon's socket, as today's Multica daemon opens it. It keeps the frames it is sent.
final class DaemonSocket implements WebSocket.Listener {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Queue<JsonNode> frames = new ConcurrentLinkedQueue<>();
  private final CompletableFuture<Integer> closed = new CompletableFuture<>();
  private final CompletableFuture<String> pong = new CompletableFuture<>();
  private final StringBuilder part = new StringBuilder();
  private final Consumer<JsonNode> heard;
  private final WebSocket socket;

  private DaemonSocket(Api api, String query, Consumer<JsonNode> heard) {
    this.heard = heard;
    socket =
        HTTP.newWebSocketBuilder()
            .header("Authorization", "Bearer " + api.token())
            .header("X-Client-Platform", "daemon")
            .buildAsync(
                URI.create(api.url().replace("http://", "ws://") + "/api/daemon/ws" + query), this)
            .join();
  }

  static DaemonSocket open(Api api, UUID... runtimes) {
    var ids = Arrays.stream(runtimes).map(UUID::toString).collect(Collectors.joining("%2C"));
    return new DaemonSocket(api, ids.isEmpty() ? "" : "?runtime_ids=" + ids, _ -> {});
  }

  /// One that tells of each frame when it comes.
  static DaemonSocket open(Api api, UUID runtime, Consumer<JsonNode> heard) {
    return new DaemonSocket(api, "?runtime_ids=" + runtime, heard);
  }

  /// What a handshake is refused with, and 101 if it is not; a socket that it opens is given up.
  static int statusOf(Api api, String query) {
    try {
      new DaemonSocket(api, query, _ -> {}).vanish();
      return 101;
    } catch (CompletionException e) {
      if (e.getCause() instanceof WebSocketHandshakeException refused) {
        return refused.getResponse().statusCode();
      }
      throw e;
    }
  }

  @Override
  public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
    part.append(data);
    if (last) {
      var frame = JSON.readTree(part.toString());
      frames.add(frame);
      heard.accept(frame);
      part.setLength(0);
    }
    from.request(1);
    return CompletableFuture.completedStage(null);
  }

  @Override
  public CompletionStage<?> onPong(WebSocket from, ByteBuffer message) {
    pong.complete("pong");
    from.request(1);
    return CompletableFuture.completedStage(null);
  }

  @Override
  public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
    closed.complete(code);
    return CompletableFuture.completedStage(null);
  }

  @Override
  public void onError(WebSocket from, Throwable error) {
    closed.complete(1006);
  }

  void say(String text) {
    socket.sendText(text, true).join();
  }

  /// Says something, unless the socket is closed meanwhile.
  void tryToSay(String text) {
    try {
      say(text);
    } catch (CompletionException e) {
      assertThat(e).hasCauseInstanceOf(java.io.IOException.class);
    }
  }

  void beat(UUID runtime) {
    say(
        """
        {"type":"daemon:heartbeat","payload":{"runtime_id":"%s","supports_batch_import":true}}\
        """
            .formatted(runtime));
  }

  /// Returns when the server has answered a ping.
  void ping() {
    socket.sendPing(ByteBuffer.allocate(0)).join();
    pong.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
  }

  void vanish() {
    socket.abort();
  }

  int closeCode() {
    return closed.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
  }

  boolean isClosed() {
    return closed.isDone();
  }

  List<String> types() {
    return frames.stream().map(frame -> frame.get("type").asString()).toList();
  }

  /// The payload of the first frame of that type.
  JsonNode first(String type) {
    await()
        .pollInterval(Duration.ofMillis(5))
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(types()).contains(type));
    return frames.stream()
        .filter(frame -> frame.get("type").asString().equals(type))
        .findFirst()
        .orElseThrow()
        .get("payload");
  }

  /// Forgets the frames so far.
  void forget() {
    frames.clear();
  }
}
