package dev.muster.standalone;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Large bodies: who may send one is asked before it is read, and all share what there is.
class LargeBodiesTest {
  private static final int REPORT_MAX = 32 * 1024 * 1024;
  private static final int BODY_MAX = 2 * 1024 * 1024;
  private static final int PATIENCE_MILLIS = 20_000;

  private final TestWorkspace at = TestWorkspace.make();
  private final Users users = new Users(at.muster());

  private UUID running() {
    var runtime = at.api().newRuntime(at.id(), "d", "claude", 1);
    var task = at.newTask(at.newAgent(runtime, ""), "");
    assertThat(Api.id(at.api().claim(runtime, 20))).isEqualTo(task);
    at.api().start(task).ok();
    return task;
  }

  /// Sends a request's header, and of its body nothing.
  private Socket begin(Api as, String path, int length) throws IOException {
    var url = URI.create(as.url());
    var socket = new Socket(url.getHost(), url.getPort());
    socket.setSoTimeout(PATIENCE_MILLIS);
    var head =
        "POST %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n"
            .formatted(path, as.token(), length);
    socket.getOutputStream().write(head.getBytes(ISO_8859_1));
    return socket;
  }

  private static String firstLine(Socket socket) throws IOException {
    var line = new StringBuilder();
    for (var c = socket.getInputStream().read();
        c >= 0 && c != '\r';
        c = socket.getInputStream().read()) {
      line.append((char) c);
    }
    return line.toString();
  }

  @ParameterizedTest
  @ValueSource(strings = {"complete", "fail"})
  void whoseTaskItIsIsAskedBeforeAReportIsRead(String verb) throws IOException {
    var task = running();
    var stranger = users.newApi();

    try (var foreign = begin(stranger, path(task, verb), REPORT_MAX);
        var unknown = begin(at.api(), path(UUID.randomUUID(), verb), REPORT_MAX)) {
      assertThat(firstLine(foreign)).startsWith("HTTP/1.1 404");
      assertThat(firstLine(unknown)).startsWith("HTTP/1.1 400");
    }
  }

  private static String path(UUID task, String verb) {
    return "/api/daemon/tasks/%s/%s".formatted(task, verb);
  }

  @Test
  void ofTheLongestReportTheBeginningIsKept() {
    var task = running();
    var output = "ä\\n\\u00e4\\\"".repeat(1024) + "x".repeat(REPORT_MAX - 20 * 1024);

    at.api()
        .post(path(task, "complete"), "{\"output\":\"%s\",\"pr_url\":\"p\"}".formatted(output))
        .ok();

    var result = at.task(task).get("result");
    assertThat(result.get("output").asString())
        .hasSize(256 * 1024)
        .startsWith("ä\nä\"ä\nä\"")
        .endsWith("xxx");
    assertThat(result.get("pr_url").asString()).isEqualTo("p");
  }

  @Test
  void aReportThatIsTooLargeIsRefusedAndChangesNothing() throws IOException {
    var task = running();

    try (var socket = begin(at.api(), path(task, "complete"), REPORT_MAX + 1)) {
      assertThat(firstLine(socket)).startsWith("HTTP/1.1 413");
    }
    assertThat(at.api().status(task)).isEqualTo("running");
  }

  @Test
  void whoHasManyLargeBodiesUnderWayIsRefusedAndOthersAreNot() throws IOException {
    var greedy = users.newApi();
    // Each counts for four times its length, a user for a sixteenth of the heap.
    var bodies = (int) (Runtime.getRuntime().maxMemory() / 16 / (4 * BODY_MAX)) + 1;
    var open = new ArrayList<Socket>();
    try {
      for (var i = 0; i < bodies; i++) {
        open.add(begin(greedy, "/api/tokens", BODY_MAX));
      }
      var large = "{\"name\":\"%s\"}".formatted("x".repeat(BODY_MAX / 2));
      // The server takes up the requests one after the other.
      var refused =
          await()
              .atMost(Duration.ofMinutes(1))
              .until(() -> greedy.post("/api/tokens", large), answer -> answer.status() != 400);

      assertThat(refused.status()).as(refused.text()).isEqualTo(429);
      assertThat(refused.response().headers().firstValue("Retry-After")).hasValue("1");
      assertThat(
              at.newTask(
                  at.newAgent(at.api().newRuntime(at.id(), "d", "claude", 1), ""),
                  ",\"prompt\":\"%s\"".formatted("x".repeat(200_000))))
          .isNotNull();
      greedy.post("/api/tokens", "{\"name\":\"small\"}").ok();
    } finally {
      for (var socket : open) {
        socket.close();
      }
    }
    // What they held is given back.
    for (var i = 0; i < 2 * bodies; i++) {
      var answer =
          greedy.post("/api/tokens", "{\"name\":\"%s\"}".formatted("x".repeat(BODY_MAX / 2)));
      assertThat(answer.status()).as(answer.text()).isEqualTo(400);
    }
  }
}
