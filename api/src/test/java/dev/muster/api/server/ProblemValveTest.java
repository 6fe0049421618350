package dev.muster.api.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.core.StandardHost;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.http11.Http11NioProtocol;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a client is told by a Tomcat of its own, without anything of ours behind it.
class ProblemValveTest {
  private static final String REQUEST = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";

  private @TempDir Path directory = Path.of("");

  @Test
  void aRequestThatComesAsTheServerStopsIsToBeSentAgain() throws Exception {
    assertThat(answer(new PausedAfter(1), REQUEST))
        .startsWith("HTTP/1.1 503 ")
        .contains("\r\nRetry-After: 1\r\n", "\r\nConnection: close\r\n")
        .contains("urn:muster:problem:service-unavailable");
  }

  @Test
  void aRequestWithoutAHostIsABadOne() throws Exception {
    assertThat(answer(new PausedAfter(Integer.MAX_VALUE), "GET /health HTTP/1.1\r\n\r\n"))
        .startsWith("HTTP/1.1 400 ")
        .contains("urn:muster:problem:bad-request");
  }

  private String answer(Http11NioProtocol protocol, String request)
      throws IOException, LifecycleException {
    var tomcat = new Tomcat();
    tomcat.setBaseDir(directory.toString());
    var connector = new Connector(protocol);
    connector.setPort(0);
    tomcat.setConnector(connector);
    ((StandardHost) tomcat.getHost()).setErrorReportValveClass(ProblemValve.class.getName());
    tomcat.addContext("", directory.toString());
    tomcat.start();
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), connector.getLocalPort())) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } finally {
      tomcat.stop();
      tomcat.destroy();
    }
  }

  /// A Tomcat that is paused once it has been asked so often whether it is: before it reads a
  /// request, and when it has read the first line.
  private static final class PausedAfter extends Http11NioProtocol {
    private final int times;
    private final AtomicInteger asked = new AtomicInteger();

    PausedAfter(int times) {
      this.times = times;
    }

    @Override
    public boolean isPaused() {
      return asked.incrementAndGet() > times;
    }
  }
}
