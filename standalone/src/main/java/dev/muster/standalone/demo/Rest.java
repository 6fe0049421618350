package dev.muster.standalone.demo;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The api as a person's client uses it.
final class Rest implements AutoCloseable {
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

  Rest(URI server, String token) {
    this.server = server;
    this.token = token;
  }

  JsonNode get(String path) throws IOException, InterruptedException {
    return send("GET", path, null);
  }

  JsonNode post(String path, Map<String, Object> body) throws IOException, InterruptedException {
    return send("POST", path, body);
  }

  JsonNode put(String path, Map<String, Object> body) throws IOException, InterruptedException {
    return send("PUT", path, body);
  }

  /// The element of the list at the path whose member has the value.
  Optional<JsonNode> find(String path, String member, String value)
      throws IOException, InterruptedException {
    return get(path)
        .valueStream()
        .filter(element -> element.path(member).asString("").equals(value))
        .findFirst();
  }

  private JsonNode send(String method, String path, @Nullable Map<String, Object> body)
      throws IOException, InterruptedException {
    var publisher =
        body == null
            ? BodyPublishers.noBody()
            : BodyPublishers.ofString(JSON.writeValueAsString(body));
    var request =
        HttpRequest.newBuilder(server.resolve(path))
            .timeout(TIMEOUT)
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .method(method, publisher)
            .build();
    var response = http.send(request, BodyHandlers.ofString());
    if (response.statusCode() >= 400) {
      throw new IOException(
          "%s %s: %d %s".formatted(method, path, response.statusCode(), response.body()));
    }
    return JSON.readTree(response.body());
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
