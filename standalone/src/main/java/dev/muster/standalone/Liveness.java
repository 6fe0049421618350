package dev.muster.standalone;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Answers `GET /health` for a process that has no other port: the dispatcher alone, in a
/// container.
final class Liveness implements AutoCloseable {
  private static final int PORT = 8080;
  private static final byte[] OK = "{\"status\":\"ok\"}".getBytes(StandardCharsets.UTF_8);

  private final @Nullable HttpServer server;

  private Liveness(@Nullable HttpServer server) {
    this.server = server;
  }

  static Liveness of(String role) throws IOException {
    if (role.equals("api")) {
      return new Liveness(null);
    }
    var port = Ports.parse("SERVER_PORT", System.getenv("SERVER_PORT"), PORT);
    try {
      var server = HttpServer.create(new InetSocketAddress(port), 0);
      server.createContext(
          "/health",
          exchange -> {
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, OK.length);
            try (var body = exchange.getResponseBody()) {
              body.write(OK);
            }
          });
      server.start();
      return new Liveness(server);
    } catch (java.net.BindException e) {
      throw new Sentence("Port %d is taken; set SERVER_PORT to another.".formatted(port), e);
    }
  }

  String where() {
    return server == null ? "" : ", its health at port " + server.getAddress().getPort();
  }

  @Override
  public void close() {
    if (server != null) {
      server.stop(0);
    }
  }
}
