package dev.muster.dispatcher.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.muster.events.webhook.Targets;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What a server can do to whoever delivers to it: nothing but answer.
class SenderTest {
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final HttpServer server = server();

  private HttpServer server() {
    try {
      var made = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      made.createContext("/", this::answer);
      made.start();
      return made;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    var path = exchange.getRequestURI().getPath();
    asked.add(path);
    exchange.getRequestBody().readAllBytes();
    switch (path) {
      case "/moved" -> {
        exchange.getResponseHeaders().set("Location", "/elsewhere");
        exchange.sendResponseHeaders(302, -1);
      }
      case "/large" -> {
        exchange.getResponseHeaders().set("Retry-After", "120");
        exchange.sendResponseHeaders(503, 0);
        var part = "x\0".repeat(50_000).getBytes(UTF_8);
        for (var i = 0; i < 1_000; i++) {
          exchange.getResponseBody().write(part);
        }
      }
      default -> exchange.sendResponseHeaders(204, -1);
    }
    exchange.close();
  }

  @AfterEach
  void theServerStops() {
    server.stop(0);
  }

  private Answer send(boolean allowPrivate, String path) throws IOException {
    var url = URI.create("http://localhost:%d%s".formatted(server.getAddress().getPort(), path));
    try (var sender = new Sender(new Targets(allowPrivate))) {
      return sender.send(url, Map.of("webhook-id", "1"), "{}");
    }
  }

  @Test
  void itIsTheAddressConnectedToThatIsJudged() throws IOException {
    var answer = send(false, "/");

    assertThat(answer)
        .isInstanceOfSatisfying(
            Answer.None.class, none -> assertThat(none.reason()).endsWith("a loopback address"));
    assertThat(asked).isEmpty();
    assertThat(send(true, "/")).isEqualTo(new Answer.Taken(204));
  }

  /// Answers each request twice on each connection, and says by the second that it was taken.
  private static void answerTwice(ServerSocket server) {
    while (!server.isClosed()) {
      try (var connection = server.accept()) {
        var request = new BufferedReader(new InputStreamReader(connection.getInputStream(), UTF_8));
        for (var line = request.readLine(); line != null; line = request.readLine()) {
          if (line.isEmpty()) {
            var answers =
                "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
            connection.getOutputStream().write(answers.getBytes(UTF_8));
          }
        }
      } catch (IOException e) {
        // The client has gone, or the test is over.
      }
    }
  }

  @Test
  void whatComesAfterAnAnswerIsNotTheNextOne() throws IOException {
    try (var twice = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        var sender = new Sender(new Targets(true))) {
      Thread.ofVirtual().start(() -> answerTwice(twice));
      var url = URI.create("http://localhost:%d/".formatted(twice.getLocalPort()));

      for (var i = 0; i < 3; i++) {
        assertThat(sender.send(url, Map.of("webhook-id", "" + i), "{}"))
            .isEqualTo(new Answer.NotTaken(500, "", null));
      }
    }
  }

  @Test
  void aRedirectIsNotFollowed() throws IOException {
    assertThat(send(true, "/moved")).isEqualTo(new Answer.NotTaken(302, "", null));
    assertThat(asked).containsExactly("/moved");
  }

  @Test
  void anAnswerIsReadInPart() throws IOException {
    assertThat(send(true, "/large"))
        .isEqualTo(new Answer.NotTaken(503, "x\uFFFD".repeat(512), Duration.ofMinutes(2)));
  }
}
