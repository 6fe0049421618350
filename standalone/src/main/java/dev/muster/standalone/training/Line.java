package dev.muster.standalone.training;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// One client's line to the api.
final class Line implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final JsonMapper JSON = JsonMapper.shared();

  private final URI server;
  private final String token;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .executor(task -> Thread.ofVirtual().start(task))
          .connectTimeout(TIMEOUT)
          .build();

  Line(URI server, String token) {
    this.server = server;
    this.token = token;
  }

  JsonNode get(String path) throws IOException, InterruptedException {
    return send(request(path).GET());
  }

  JsonNode post(String path, String body) throws IOException, InterruptedException {
    return send(request(path).POST(BodyPublishers.ofString(body)));
  }

  /// Claims a task, and waits a second for one.
  JsonNode claim(String runtime) throws IOException, InterruptedException {
    return send(
        request("/api/daemon/runtimes/" + runtime + "/tasks/claim")
            .header("Prefer", "wait=1")
            .POST(BodyPublishers.ofString("{}")));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(server.resolve(path))
        .timeout(TIMEOUT)
        .header("Authorization", "Bearer " + token)
        .header("Content-Type", "application/json");
  }

  private JsonNode send(HttpRequest.Builder builder) throws IOException, InterruptedException {
    var request = builder.build();
    var response = http.send(request, BodyHandlers.ofString());
    if (response.statusCode() >= 400) {
      throw new IOException(
          "%s %s: %d %s"
              .formatted(
                  request.method(),
                  request.uri().getPath(),
                  response.statusCode(),
                  response.body()));
    }
    return JSON.readTree(response.body());
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
