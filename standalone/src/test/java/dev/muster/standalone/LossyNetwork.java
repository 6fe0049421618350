package dev.muster.standalone;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/// Stands before a server and passes everything on, save what a test wants lost. Calls are told
/// apart by the last part of their path.
final class LossyNetwork implements AutoCloseable {
  /// What a client must not set itself, or what is this side's own matter.
  private static final Set<String> HEADERS_OF_A_HOP =
      Set.of(
          "host", "connection", "content-length", "transfer-encoding", "upgrade", "http2-settings");

  private static final String HAND_OUT = "claim with a task";

  private final URI behind;
  private final HttpServer server;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Map<String, AtomicInteger> answersToLose = new ConcurrentHashMap<>();
  private final Set<String> cut = ConcurrentHashMap.newKeySet();
  private final AtomicInteger lost = new AtomicInteger();

  private LossyNetwork(URI behind, HttpServer server) {
    this.behind = behind;
    this.server = server;
  }

  static LossyNetwork before(URI behind) throws IOException {
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    var network = new LossyNetwork(behind, server);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", network::pass);
    server.start();
    return network;
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /// The next calls of that name arrive, and their answers do not.
  void loseAnswers(String name, int count) {
    answersToLose.put(name, new AtomicInteger(count));
  }

  /// The next claim that hands out a task is decided, and its answer does not arrive.
  void loseHandOut() {
    loseAnswers(HAND_OUT, 1);
  }

  /// No call of that name arrives any more.
  void cut(String name) {
    cut.add(name);
  }

  /// How many calls and answers were lost.
  int lost() {
    return lost.get();
  }

  private void pass(HttpExchange exchange) throws IOException {
    try (exchange) {
      var path = exchange.getRequestURI().getPath();
      var name = path.substring(path.lastIndexOf('/') + 1);
      var body = exchange.getRequestBody().readAllBytes();
      if (cut.contains(name)) {
        lost.incrementAndGet();
        return;
      }
      var request =
          HttpRequest.newBuilder(behind.resolve(exchange.getRequestURI().toString()))
              .method(exchange.getRequestMethod(), BodyPublishers.ofByteArray(body));
      exchange
          .getRequestHeaders()
          .forEach((header, values) -> {
            if (!HEADERS_OF_A_HOP.contains(header.toLowerCase(java.util.Locale.ROOT))) {
              request.header(header, values.getFirst());
            }
          });
      var answer = http.send(request.build(), BodyHandlers.ofByteArray());
      var isHandOut =
          name.equals("claim")
              && new String(answer.body(), StandardCharsets.UTF_8).contains("\"task\":{");
      if (answersToLose
              .getOrDefault(isHandOut ? HAND_OUT : name, new AtomicInteger())
              .getAndDecrement()
          > 0) {
        lost.incrementAndGet();
        return;
      }
      exchange.sendResponseHeaders(
          answer.statusCode(), answer.body().length == 0 ? -1 : answer.body().length);
      exchange.getResponseBody().write(answer.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    server.stop(0);
    http.shutdownNow();
  }
}
