package dev.muster.standalone.demo;

import dev.muster.standalone.demo.DaemonObserver.Call;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The calls of the seed's daemon, each made once: it never repeats one.
final class SeedClient implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final Duration DEREGISTER_TIMEOUT = Duration.ofSeconds(5);
  private static final JsonMapper JSON = JsonMapper.shared();

  private final URI server;
  private final String token;
  private final DaemonObserver observer;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .followRedirects(HttpClient.Redirect.NORMAL)
          .executor(task -> Thread.ofVirtual().start(task))
          .connectTimeout(TIMEOUT)
          .build();

  SeedClient(URI server, String token, DaemonObserver observer) {
    this.server = server;
    this.token = token;
    this.observer = observer;
  }

  /// The runtimes as the server knows them; empty if it refused.
  Optional<List<JsonNode>> register(String workspace, DaemonOptions.Machine machine)
      throws InterruptedException {
    var runtimes =
        machine.providers().stream()
            .map(provider ->
                members(
                    "name",
                    "Local " + capitalized(provider.type()),
                    "type",
                    provider.type(),
                    "version",
                    provider.version(),
                    "status",
                    "online"))
            .toList();
    var body =
        members(
            "workspace_id",
            workspace,
            "daemon_id",
            machine.daemonId(),
            "device_name",
            machine.deviceName(),
            "runtimes",
            runtimes);
    return json(post("/api/daemon/register", body))
        .map(answer -> List.copyOf(answer.path("runtimes").values()))
        .filter(registered -> !registered.isEmpty());
  }

  void reportUsage(String runtime, List<DaemonOptions.Usage> usage) throws InterruptedException {
    var entries =
        usage.stream()
            .map(entry ->
                members(
                    "date", entry.date(),
                    "provider", entry.provider(),
                    "model", entry.model(),
                    "input_tokens", entry.inputTokens(),
                    "output_tokens", entry.outputTokens(),
                    "cache_read_tokens", entry.cached().readTokens(),
                    "cache_write_tokens", entry.cached().writeTokens()))
            .toList();
    post("/api/daemon/runtimes/" + runtime + "/usage", members("entries", entries));
  }

  /// The id of a ping that is to be answered, if there is one.
  Optional<String> heartbeat(String runtime) throws InterruptedException {
    return json(post("/api/daemon/heartbeat", members("runtime_id", runtime)))
        .map(answer -> answer.path("pending_ping").path("id").asString(""))
        .filter(id -> !id.isEmpty());
  }

  void answerPing(String runtime, String ping, Duration took) throws InterruptedException {
    post(
        "/api/daemon/runtimes/" + runtime + "/ping/" + ping + "/result",
        members("status", "completed", "output", "pong", "duration_ms", took.toMillis()));
  }

  Optional<JsonNode> claim(String runtime) throws InterruptedException {
    return json(post("/api/daemon/runtimes/" + runtime + "/tasks/claim", Map.of()))
        .map(answer -> answer.path("task"))
        .filter(JsonNode::isObject);
  }

  boolean start(String task) throws InterruptedException {
    return post("/api/daemon/tasks/" + task + "/start", Map.of()).isSuccess();
  }

  void progress(String task, String summary, int step) throws InterruptedException {
    post(
        "/api/daemon/tasks/" + task + "/progress",
        members("summary", summary, "step", step, "total", 2));
  }

  /// Whether the task was cancelled. No answer means that it was not.
  boolean isCancelled(String task) throws InterruptedException {
    return json(send("GET", "/api/daemon/tasks/" + task + "/status", "", TIMEOUT))
        .filter(answer -> answer.path("status").asString("").equals("cancelled"))
        .isPresent();
  }

  void complete(String task, Agent.Success success) throws InterruptedException {
    var body = members("output", success.output());
    if (!success.sessionId().isEmpty()) {
      body.put("session_id", success.sessionId());
    }
    if (!success.workDir().isEmpty()) {
      body.put("work_dir", success.workDir());
    }
    post("/api/daemon/tasks/" + task + "/complete", body);
  }

  void fail(String task, String error) throws InterruptedException {
    post("/api/daemon/tasks/" + task + "/fail", members("error", error));
  }

  void deregister(List<String> runtimes) throws InterruptedException {
    send(
        "POST",
        "/api/daemon/deregister",
        JSON.writeValueAsString(members("runtime_ids", runtimes)),
        DEREGISTER_TIMEOUT);
  }

  private Call post(String path, Map<String, Object> body) throws InterruptedException {
    return send("POST", path, JSON.writeValueAsString(body), TIMEOUT);
  }

  private Call send(String method, String path, String body, Duration timeout)
      throws InterruptedException {
    var request =
        HttpRequest.newBuilder(server.resolve(path))
            .timeout(timeout)
            .header("User-Agent", "Go-http-client/1.1")
            .header("Authorization", "Bearer " + token)
            .header("Accept-Encoding", "gzip");
    if (method.equals("POST")) {
      request.header("Content-Type", "application/json").POST(BodyPublishers.ofString(body));
    }
    Call call;
    try {
      var response = http.send(request.build(), BodyHandlers.ofByteArray());
      call = new Call(method, path, body, response.statusCode(), text(response));
    } catch (IOException e) {
      call = new Call(method, path, body, 0, e.toString());
    }
    observer.called(call);
    return call;
  }

  private static String text(HttpResponse<byte[]> response) throws IOException {
    var isGzip = response.headers().firstValue("Content-Encoding").filter("gzip"::equals);
    if (isGzip.isEmpty()) {
      return new String(response.body(), StandardCharsets.UTF_8);
    }
    try (var plain = new GZIPInputStream(new ByteArrayInputStream(response.body()))) {
      return new String(plain.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static Optional<JsonNode> json(Call call) {
    if (!call.isSuccess()) {
      return Optional.empty();
    }
    try {
      return Optional.of(JSON.readTree(call.answer()));
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  private static String capitalized(String word) {
    return word.isEmpty() ? word : Character.toUpperCase(word.charAt(0)) + word.substring(1);
  }

  /// A JSON object whose members keep this order: names and values in turn.
  private static Map<String, Object> members(Object... namesAndValues) {
    var members = new LinkedHashMap<String, Object>();
    for (var i = 0; i < namesAndValues.length; i += 2) {
      members.put(namesAndValues[i].toString(), namesAndValues[i + 1]);
    }
    return members;
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
