package dev.muster.standalone.training;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.concurrent.CompletionException;

/// A dashboard that is told all that happens in a workspace, and shows nothing.
final class Follower implements AutoCloseable {
  private final HttpClient http;
  private final WebSocket socket;

  private Follower(HttpClient http, WebSocket socket) {
    this.http = http;
    this.socket = socket;
  }

  static Follower connect(URI server, String token, String workspace, String since)
      throws IOException {
    var address =
        "ws://%s/ws?workspace_id=%s&since=%s".formatted(server.getAuthority(), workspace, since);
    var http = HttpClient.newHttpClient();
    try {
      var socket =
          http.newWebSocketBuilder()
              .header("Authorization", "Bearer " + token)
              .connectTimeout(Duration.ofSeconds(30))
              .buildAsync(URI.create(address), new WebSocket.Listener() {})
              .join();
      return new Follower(http, socket);
    } catch (CompletionException e) {
      http.shutdownNow();
      throw new IOException("the socket was refused", e);
    }
  }

  @Override
  public void close() {
    socket.abort();
    http.shutdownNow();
  }
}
