package dev.muster.standalone;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A client of the api that says what it was answered and judges nothing.
///
/// @param token sent as a bearer token
record Api(String url, String token) {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final AtomicInteger NAMES = new AtomicInteger();
  private static final HttpClient HTTP =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .executor(Executors.newVirtualThreadPerTaskExecutor())
          .build();

  /// An answer: its status, headers and body, the body also as JSON where it is some.
  record Answer(int status, String text, HttpResponse<String> response) {
    JsonNode json() {
      return JSON.readTree(text);
    }

    /// The body of a success.
    JsonNode ok() {
      if (status >= 300) {
        throw new AssertionError("answered " + status + ": " + text);
      }
      return text.isEmpty() ? JSON.nullNode() : json();
    }
  }

  /// The same user with another token than the one that daemons of tests have: what is written with
  /// theirs counts as their agents'.
  Api person() {
    var made =
        post("/api/tokens", "{\"name\":\"person-%d\"}".formatted(NAMES.incrementAndGet())).ok();
    return as(made.get("token").asString());
  }

  Api as(String otherToken) {
    return new Api(url, otherToken);
  }

  Answer get(String path) {
    return send("GET", path, null);
  }

  Answer post(String path, String body, String... headers) {
    return send("POST", path, body, headers);
  }

  Answer put(String path, String body) {
    return send("PUT", path, body);
  }

  Answer delete(String path) {
    return send("DELETE", path, null);
  }

  /// Sends a request.
  ///
  /// @param headers names and values in turn
  Answer send(
      String method,
      String path,
      @org.jspecify.annotations.Nullable String body,
      String... headers) {
    var publisher =
        body == null
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.ofString(body);
    var request =
        HttpRequest.newBuilder(URI.create(url + path))
            .method(method, publisher)
            .timeout(Duration.ofSeconds(40));
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    if (body != null) {
      request.header("Content-Type", "application/json");
    }
    for (var i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    try {
      var response = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
      return new Answer(response.statusCode(), response.body(), response);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /// A workspace that nobody else uses.
  UUID newWorkspace() {
    var name = "test-" + NAMES.incrementAndGet() + "-" + Long.toHexString(System.nanoTime());
    return id(
        post("/api/workspaces", "{\"name\":\"%s\",\"slug\":\"%s\"}".formatted(name, name)).ok());
  }

  /// A runtime of a daemon of its own.
  UUID newRuntime(UUID workspace, String daemon, String provider, int maxConcurrentTasks) {
    var body =
        """
        {"workspace_id":"%s","daemon_id":"%s","device_name":"%s",
         "runtimes":[{"name":"","type":"%s","version":"1","status":"online","max_concurrent_tasks":%d}]}
        """
            .formatted(workspace, daemon, daemon, provider, maxConcurrentTasks);
    return id(post("/api/daemon/register", body).ok().get("runtimes").get(0));
  }

  /// An agent that names its runtime.
  UUID newAgent(UUID workspace, UUID runtime, int maxConcurrentTasks) {
    return id(
        post(
                "/api/agents?workspace_id=" + workspace,
                "{\"name\":\"Agent\",\"runtime_id\":\"%s\",\"max_concurrent_tasks\":%d}"
                    .formatted(runtime, maxConcurrentTasks))
            .ok());
  }

  /// An issue that is given to an agent and ready to be worked on.
  UUID newIssue(UUID workspace, UUID agent) {
    return id(
        post(
                "/api/issues?workspace_id=" + workspace,
                "{\"title\":\"Work\",\"status\":\"todo\",\"assignee_type\":\"agent\",\"assignee_id\":\"%s\"}"
                    .formatted(agent))
            .ok());
  }

  /// The runtime's next task, or JSON null.
  JsonNode claim(UUID runtime) {
    return post("/api/daemon/runtimes/%s/tasks/claim".formatted(runtime), "{}").ok().get("task");
  }

  JsonNode claim(UUID runtime, int waitSeconds) {
    return post(
            "/api/daemon/runtimes/%s/tasks/claim".formatted(runtime),
            "{}",
            "Prefer",
            "wait=" + waitSeconds)
        .ok()
        .get("task");
  }

  Answer start(UUID task) {
    return post("/api/daemon/tasks/%s/start".formatted(task), "{}");
  }

  Answer complete(UUID task, String output) {
    return post(
        "/api/daemon/tasks/%s/complete".formatted(task), "{\"output\":\"%s\"}".formatted(output));
  }

  String status(UUID task) {
    return get("/api/daemon/tasks/%s/status".formatted(task)).ok().get("status").asString();
  }

  static UUID id(JsonNode node) {
    return UUID.fromString(node.get("id").asString());
  }
}
