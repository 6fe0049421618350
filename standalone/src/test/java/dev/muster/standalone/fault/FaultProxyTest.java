package dev.muster.standalone.fault;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The proxy changes what it was told to change, and nothing else.
class FaultProxyTest {
  private final Queue<String> arrived = new ConcurrentLinkedQueue<>();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final HttpServer server = server();

  private static HttpServer server() {
    try {
      return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new IllegalStateException("no port", e);
    }
  }

  @BeforeEach
  void aServerThatSaysWhatItHeard() {
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
    client.close();
  }

  /// Answers with a length, or in chunks where the path asks for it.
  private void answer(HttpExchange exchange) throws IOException {
    var body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
    arrived.add(exchange.getRequestURI().getPath() + " " + body);
    var answer = ("heard " + arrived.size() + " " + body).getBytes(UTF_8);
    var length = exchange.getRequestURI().getPath().equals("/chunks") ? 0 : answer.length;
    exchange.sendResponseHeaders(200, length);
    try (var out = exchange.getResponseBody()) {
      out.write(answer);
    }
  }

  private FaultProxy proxy(Rule... rules) throws IOException {
    return FaultProxy.start("http://localhost:" + server.getAddress().getPort(), List.of(rules));
  }

  private HttpResponse<String> post(FaultProxy proxy, String path, HttpRequest.BodyPublisher body)
      throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder(URI.create(proxy.url() + path)).POST(body).build();
    return client.send(request, BodyHandlers.ofString());
  }

  @Test
  void lengthsChunksAndConnectionsThatStayOpenPassUnchanged() throws Exception {
    try (var proxy = proxy()) {
      for (var path : List.of("/length", "/chunks", "/length")) {
        var sized = post(proxy, path, BodyPublishers.ofString("ä"));
        var chunked =
            post(proxy, path, BodyPublishers.fromPublisher(BodyPublishers.ofString("in chunks")));

        assertThat(sized.body()).endsWith("ä");
        assertThat(chunked.body()).endsWith("in chunks");
      }
      assertThat(arrived).hasSize(6);
      assertThat(proxy.fates()).containsEntry(Fate.PASSED, 6L).hasSize(1);
    }
  }

  @Test
  void aLostAnswerWasGivenAndALostRequestNeverArrived() throws Exception {
    try (var proxy =
        proxy(
            Rule.first(1, "POST /answer", Fate.ANSWER_LOST),
            Rule.first(1, "POST /request", Fate.REQUEST_LOST))) {
      assertThatThrownBy(() -> post(proxy, "/answer", BodyPublishers.ofString("1")))
          .isInstanceOf(IOException.class);
      assertThatThrownBy(() -> post(proxy, "/request", BodyPublishers.ofString("2")))
          .isInstanceOf(IOException.class);

      assertThat(arrived).containsExactly("/answer 1");
      assertThat(proxy.takeLost())
          .containsExactly(new FaultProxy.Lost("POST /answer", 200, "heard 1 1"));
      assertThat(post(proxy, "/answer", BodyPublishers.ofString("3")).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void whatIsSentTwiceIsAnsweredOnce() throws Exception {
    try (var proxy = proxy(Rule.first(1, "POST /twice", Fate.SENT_TWICE))) {
      var answer = post(proxy, "/twice", BodyPublishers.ofString("x"));

      assertThat(answer.body()).isEqualTo("heard 1 x");
      assertThat(arrived).containsExactly("/twice x", "/twice x");
      assertThat(proxy.takeLost()).hasSize(1);
    }
  }

  @Test
  void theSameSeedChoosesTheSameCalls() {
    var one = Rule.sometimes("x", Fate.LATE, 0.2, 7);
    var two = Rule.sometimes("x", Fate.LATE, 0.2, 7);
    var hits = java.util.stream.LongStream.range(0, 10_000).filter(one.isHit()).boxed().toList();

    assertThat(java.util.stream.LongStream.range(0, 10_000).filter(two.isHit()).boxed().toList())
        .isEqualTo(hits);
    assertThat(hits).hasSizeBetween(1_800, 2_200);
  }
}
