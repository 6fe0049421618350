package dev.muster.standalone;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.function.ToIntFunction;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A server that webhooks send to. It notes all it is sent, and answers each path as it was told.
final class Receiver implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final HttpServer server;
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final Map<String, ToIntFunction<Request>> answers = new ConcurrentHashMap<>();
  private final Map<String, String> retryAfter = new ConcurrentHashMap<>();

  /// What was sent.
  record Request(
      String path, String id, String timestamp, String signature, String type, String body) {
    JsonNode json() {
      return JSON.readTree(body);
    }

    long position() {
      return Long.parseLong(json().get("position").asString());
    }

    String event() {
      return json().get("type").asString().substring("dev.muster.".length());
    }

    String subject() {
      return json().get("subject").asString();
    }

    /// Whether one of the signatures is the secret's, as the documentation says to look.
    boolean isSignedWith(String secret) {
      try {
        var mac = Mac.getInstance("HmacSHA256");
        var key = Base64.getDecoder().decode(secret.replace("whsec_", ""));
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        var hash = mac.doFinal("%s.%s.%s".formatted(id, timestamp, body).getBytes(UTF_8));
        return Arrays.asList(signature.split(" ", -1))
            .contains("v1," + Base64.getEncoder().encodeToString(hash));
      } catch (GeneralSecurityException e) {
        throw new AssertionError(e);
      }
    }
  }

  Receiver() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::take);
    server.start();
  }

  String url(String path) {
    return "http://localhost:%d%s".formatted(server.getAddress().getPort(), path);
  }

  /// From now on requests to the path are answered with the status that is said of them.
  void answer(String path, ToIntFunction<Request> answer) {
    answers.put(path, answer);
  }

  /// From now on answers of the path say so.
  void retryAfter(String path, String value) {
    retryAfter.put(path, value);
  }

  /// What has been sent to the path, in the order in which it came.
  List<Request> at(String path) {
    return requests.stream().filter(request -> request.path().equals(path)).toList();
  }

  private void take(HttpExchange exchange) throws IOException {
    try (exchange) {
      var headers = exchange.getRequestHeaders();
      var request =
          new Request(
              exchange.getRequestURI().getPath(),
              headers.getFirst("webhook-id"),
              headers.getFirst("webhook-timestamp"),
              headers.getFirst("webhook-signature"),
              headers.getFirst("content-type"),
              new String(exchange.getRequestBody().readAllBytes(), UTF_8));
      requests.add(request);
      var status = answers.getOrDefault(request.path(), _ -> 204).applyAsInt(request);
      if (retryAfter.containsKey(request.path())) {
        exchange.getResponseHeaders().set("Retry-After", retryAfter.get(request.path()));
      }
      exchange.sendResponseHeaders(status, -1);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
