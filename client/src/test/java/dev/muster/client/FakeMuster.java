package dev.muster.client;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// As much of Muster as a runtime sees, in memory: hands out the tasks it was given, remembers
/// every call, and answers as it is told to where a test says so.
public final class FakeMuster implements AutoCloseable {
  public static final String RUNTIME = "7a000000-0000-4000-8000-000000000000";
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int CLAIM_AT_MOST_MILLIS = 300;

  private final HttpServer server;
  private final List<Call> calls = new CopyOnWriteArrayList<>();
  private final LinkedBlockingQueue<String> tasks = new LinkedBlockingQueue<>();
  private final Map<String, String> handedOut = new ConcurrentHashMap<>();
  private final Map<String, Deque<Reply>> scripts = new ConcurrentHashMap<>();
  private final Map<String, Runnable> hooks = new ConcurrentHashMap<>();
  private final Map<String, String> states = new ConcurrentHashMap<>();
  private final Map<String, String> actions = new ConcurrentHashMap<>();

  /// A call that arrived.
  ///
  /// @param verb the last part of its path
  public record Call(String verb, String path, Map<String, String> headers, JsonNode body) {
    public String header(String name) {
      return headers.getOrDefault(name.toLowerCase(java.util.Locale.ROOT), "");
    }
  }

  /// How a call is answered.
  public sealed interface Reply {
    /// The connection breaks, and nothing has happened.
    record Dead() implements Reply {}

    /// It happened, and the answer is lost on its way.
    record Lost() implements Reply {}

    record Status(int status, String body, Map<String, String> headers) implements Reply {}

    static Reply status(int status) {
      return new Status(status, "{\"error\":\"answered so by the test\"}", Map.of());
    }

    static Reply of(int status, String body) {
      return new Status(status, body, Map.of());
    }

    static Reply fenced() {
      return of(
          409,
          """
          {"type":"urn:muster:problem:fenced","error":"over","current_generation":9,"state":"queued"}
          """);
    }

    static Reply superseded() {
      return of(409, "{\"type\":\"urn:muster:problem:superseded\",\"error\":\"a newer one\"}");
    }
  }

  private FakeMuster(HttpServer server) {
    this.server = server;
  }

  public static FakeMuster start() {
    try {
      var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      var fake = new FakeMuster(server);
      server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      server.createContext("/", fake::handle);
      server.start();
      return fake;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /// Queues a task. Returns the claim it will be handed out under.
  public Claim add(String id, String title, String prompt) {
    tasks.add(
        JSON.writeValueAsString(
            Map.of(
                "id",
                id,
                "claim_generation",
                3,
                "attempt",
                2,
                "title",
                title,
                "prompt",
                prompt,
                "status",
                "dispatched",
                "agent",
                Map.of("name", "Ada"))));
    return new Claim(id, 3);
  }

  /// The next calls of the verb are answered so, one after the other; then as ever.
  public void script(String verb, Reply... replies) {
    scripts.computeIfAbsent(verb, _ -> new ArrayDeque<>()).addAll(List.of(replies));
  }

  /// Every call of these verbs is answered 404, as by a server that is too old for them.
  public void forget(String... verbs) {
    for (var verb : verbs) {
      hooks.put("404 " + verb, () -> {});
    }
  }

  /// Runs whenever such a call has arrived, before it is answered.
  public void when(String verb, Runnable hook) {
    hooks.put(verb, hook);
  }

  /// What heartbeats say of the task from now on.
  public void say(String task, String action) {
    actions.put(task, action);
  }

  /// The task has ended in that state.
  public void end(String task, String state) {
    states.put(task, state);
  }

  public String state(String task) {
    return states.getOrDefault(task, "dispatched");
  }

  public List<Call> calls(String verb) {
    return calls.stream().filter(call -> call.verb().equals(verb)).toList();
  }

  /// The verbs of all calls in their order, without those that come again and again.
  public List<String> story() {
    return calls.stream()
        .map(Call::verb)
        .filter(verb -> !List.of("heartbeat", "claim", "renew").contains(verb))
        .toList();
  }

  private void handle(HttpExchange exchange) throws IOException {
    var path = exchange.getRequestURI().getPath();
    var verb = path.substring(path.lastIndexOf('/') + 1);
    var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    var headers = new ConcurrentHashMap<String, String>();
    exchange
        .getRequestHeaders()
        .forEach((name, values) ->
            headers.put(name.toLowerCase(java.util.Locale.ROOT), values.getFirst()));
    var call = new Call(verb, path, headers, JSON.readTree(body.isEmpty() ? "{}" : body));
    calls.add(call);
    hooks.getOrDefault(verb, () -> {}).run();
    var reply = hooks.containsKey("404 " + verb) ? Reply.status(404) : scripted(verb);
    switch (reply) {
      case Reply.Dead() -> {}
      case Reply.Lost() -> answer(call);
      case Reply.Status(var status, var text, var more) -> {
        var bytes = (text.isEmpty() ? answer(call) : text).getBytes(StandardCharsets.UTF_8);
        more.forEach(exchange.getResponseHeaders()::set);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
      }
    }
    exchange.close();
  }

  private Reply scripted(String verb) {
    var script = scripts.getOrDefault(verb, new ArrayDeque<>());
    synchronized (script) {
      return script.isEmpty() ? Reply.of(200, "") : script.removeFirst();
    }
  }

  private String answer(Call call) {
    var task = call.path().replaceFirst("^/api/daemon/tasks/", "").replaceFirst("/[^/]*$", "");
    return switch (call.verb()) {
      case "register" -> "{\"runtimes\":[{\"id\":\"%s\"}]}".formatted(RUNTIME);
      case "claim" -> "{\"task\":%s}".formatted(handOut(call.header("Idempotency-Key")));
      case "heartbeat" -> heartbeat(call);
      case "start" -> moved(task, "running");
      case "complete" -> moved(task, "completed");
      case "fail" -> moved(task, "failed");
      default -> "{\"status\":\"ok\"}";
    };
  }

  private String handOut(String key) {
    return handedOut.computeIfAbsent(
        key,
        _ -> {
          try {
            var task = tasks.poll(CLAIM_AT_MOST_MILLIS, TimeUnit.MILLISECONDS);
            return task == null ? "null" : task;
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "null";
          }
        });
  }

  private String heartbeat(Call call) {
    var said =
        call.body()
            .path("running_tasks")
            .valueStream()
            .map(task -> task.path("id").asString(""))
            .map(id -> Map.of("id", id, "action", actions.getOrDefault(id, "keep")))
            .toList();
    return JSON.writeValueAsString(
        Map.of("status", "ok", "heartbeat_interval_seconds", 1, "tasks", said));
  }

  private String moved(String task, String to) {
    var state =
        states.merge(
            task,
            to,
            (now, wanted) ->
                List.of("completed", "failed", "cancelled").contains(now) ? now : wanted);
    return "{\"id\":\"%s\",\"status\":\"%s\"}".formatted(task, state);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
