package dev.muster.standalone;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/// Connections of those who show no token: there are only so many, and none lasts for ever.
class ConnectionsTest {
  private static final int ANONYMOUS = 40;
  private static final String HALF = "GET /health HTTP/1.1\r\nHost: x\r\nX-Half: ";
  private static final int PATIENCE_MILLIS = 40_000;

  private static final ConfigurableApplicationContext API = start();
  private final Api owner =
      new Api("http://localhost:" + Applications.port(API), TestMuster.OWNER_TOKEN);
  private final List<Socket> open = new ArrayList<>();

  private static ConfigurableApplicationContext start() {
    var servers = TestServers.get();
    return Applications.api(
        servers.jdbcUrl(),
        servers.kafka(),
        TestMuster.OWNER_TOKEN,
        "--server.port=0",
        "--muster.api.connections.anonymous=" + ANONYMOUS,
        "--muster.api.connections.per-address=" + ANONYMOUS);
  }

  @AfterAll
  static void stop() {
    API.close();
  }

  private Socket connect(String bytes) throws IOException {
    var socket = new Socket(InetAddress.getLoopbackAddress(), Applications.port(API));
    open.add(socket);
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.getOutputStream().write(bytes.getBytes(ISO_8859_1));
    return socket;
  }

  private void closeAll() throws IOException {
    for (var socket : open) {
      socket.close();
    }
  }

  private String signedIn() {
    return "GET /api/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n"
        .formatted(owner.token());
  }

  /// Reads until the answer's body ends; `/api/me` is one object. Empty if the server has hung up.
  private static String answer(Socket socket) throws IOException {
    var text = new StringBuilder();
    var in = socket.getInputStream();
    for (var c = in.read(); c >= 0; c = in.read()) {
      text.append((char) c);
      if (c == '}') {
        break;
      }
    }
    return text.toString();
  }

  private static boolean isCut(Socket socket) {
    try {
      socket.setSoTimeout(1);
      return socket.getInputStream().read() < 0;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  @Test
  void halfSentRequestsTakeNoPlaceFromOthers() throws IOException {
    try {
      var known = connect(signedIn());
      assertThat(answer(known)).startsWith("HTTP/1.1 200");
      for (var i = 0; i < 20 * ANONYMOUS; i++) {
        connect(HALF);
        if (i % ANONYMOUS == 0) {
          assertThat(owner.get("/api/me").status()).isEqualTo(200);
        }
      }

      await()
          .untilAsserted(() ->
              assertThat(open.stream().filter(socket -> !isCut(socket)).count())
                  .isLessThanOrEqualTo(ANONYMOUS + 1));
      known.setSoTimeout(PATIENCE_MILLIS);
      known.getOutputStream().write(signedIn().getBytes(ISO_8859_1));
      assertThat(answer(known)).startsWith("HTTP/1.1 200");
    } finally {
      closeAll();
    }
  }

  @Test
  void aHeaderThatComesByteByByteIsNotWaitedFor() throws IOException {
    try {
      var slow = connect(HALF);
      var slowAfterAnother = connect(signedIn());
      assertThat(answer(slowAfterAnother)).startsWith("HTTP/1.1 200");
      slowAfterAnother.getOutputStream().write(HALF.getBytes(ISO_8859_1));

      for (var socket : List.of(slow, slowAfterAnother)) {
        await()
            .atMost(Duration.ofSeconds(30))
            .pollInterval(Duration.ofMillis(500))
            .until(() -> {
              try {
                socket.getOutputStream().write('x');
              } catch (IOException e) {
                return true;
              }
              return isCut(socket);
            });
      }
    } finally {
      closeAll();
    }
  }

  @Tag("faults")
  @Test
  void aBodyOfAnUnknownSenderIsNotWaitedForEither() throws IOException {
    try {
      var slow =
          connect(
              "POST /api/tokens HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer no\r\nContent-Length: 30000000\r\n\r\n");

      await()
          .atMost(Duration.ofSeconds(60))
          .pollInterval(Duration.ofMillis(500))
          .until(() -> {
            try {
              slow.getOutputStream().write('x');
            } catch (IOException e) {
              return true;
            }
            return false;
          });
    } finally {
      closeAll();
    }
  }
}
