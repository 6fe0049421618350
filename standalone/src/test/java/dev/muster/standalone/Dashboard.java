package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A dashboard that keeps the frames it is sent.
final class Dashboard implements WebSocket.Listener {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final int BROKEN = 1006;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Queue<String> frames = new ConcurrentLinkedQueue<>();
  private final CompletableFuture<Integer> closed = new CompletableFuture<>();
  private final StringBuilder part = new StringBuilder();
  private final WebSocket socket;

  private final boolean asleep;

  private Dashboard(String url, String query, boolean asleep) {
    this.asleep = asleep;
    var uri = URI.create(url.replace("http://", "ws://") + "/ws?" + query);
    socket = HTTP.newWebSocketBuilder().buildAsync(uri, this).join();
  }

  /// Connects with a token in the query.
  ///
  /// @param more further parameters, each with an ampersand before it
  static Dashboard watch(Api api, UUID workspace, String more) {
    return new Dashboard(
        api.url(), "workspace_id=" + workspace + "&token=" + api.token() + more, false);
  }

  /// As [#watch], and reads nothing until it is woken.
  static Dashboard asleep(Api api, UUID workspace, String more) {
    return new Dashboard(
        api.url(), "workspace_id=" + workspace + "&token=" + api.token() + more, true);
  }

  void wakeAfter(Duration time) {
    CompletableFuture.delayedExecutor(time.toMillis(), TimeUnit.MILLISECONDS)
        .execute(() -> socket.request(1));
  }

  /// What a handshake is answered with; a socket that it opens is given up.
  static int statusOf(Api api, UUID workspace) {
    try {
      var token = api.token().isEmpty() ? "" : "&token=" + api.token();
      new Dashboard(api.url(), "workspace_id=" + workspace + token, false).vanish();
      return 101;
    } catch (CompletionException e) {
      if (e.getCause() instanceof WebSocketHandshakeException refused) {
        return refused.getResponse().statusCode();
      }
      throw e;
    }
  }

  /// Connects without a token.
  static Dashboard knock(Api api, UUID workspace, String more) {
    return new Dashboard(api.url(), "workspace_id=" + workspace + more, false);
  }

  @Override
  public void onOpen(WebSocket from) {
    if (!asleep) {
      from.request(1);
    }
  }

  @Override
  public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
    part.append(data);
    if (last) {
      frames.add(part.toString());
      part.setLength(0);
    }
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
    closed.complete(BROKEN);
  }

  void say(String text) {
    socket.sendText(text, true).join();
  }

  void authenticate(String token) {
    say("{\"type\":\"auth\",\"payload\":{\"token\":\"%s\"}}".formatted(token));
  }

  /// Is gone without a word.
  void vanish() {
    socket.abort();
  }

  /// The code it was closed with, or the one for none.
  int closeCode() {
    return closed.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
  }

  int size() {
    return frames.size();
  }

  List<String> texts() {
    return List.copyOf(frames);
  }

  List<JsonNode> frames() {
    return frames.stream().map(JSON::readTree).toList();
  }

  List<String> types() {
    return frames().stream().map(frame -> frame.get("type").asString()).toList();
  }

  /// The frames of the feed's events, as they were sent.
  List<String> events() {
    return frames.stream()
        .filter(text -> text.contains("\"cursor\":") && !text.startsWith("{\"type\":\"heartbeat\""))
        .toList();
  }

  JsonNode first(String type) {
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(types()).contains(type));
    return frames().stream()
        .filter(frame -> frame.get("type").asString().equals(type))
        .findFirst()
        .orElseThrow();
  }

  /// Waits until it has been told of the event at the position.
  void hears(long position) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(positions()).as("positions").contains(position));
  }

  List<Long> positions() {
    return events().stream()
        .map(text -> JSON.readTree(text).get("cursor").asString())
        .map(cursor -> Long.valueOf(cursor.substring(cursor.indexOf(':') + 1)))
        .toList();
  }
}
