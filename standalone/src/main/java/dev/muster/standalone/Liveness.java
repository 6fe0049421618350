package dev.muster.standalone;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ConfigurableApplicationContext;

/// Answers `GET /health` and `GET /metrics` for a process that has no other port: the dispatcher
/// alone, in a container. It is well while its Spring context runs; a server it needs being away is
/// not its illness, and a restart would not mend it.
final class Liveness implements AutoCloseable {
  private static final int PORT = 8080;
  private static final int OK = 200;
  private static final int UNAVAILABLE = 503;
  private static final String METRICS_TEXT = "text/plain;version=0.0.4;charset=utf-8";

  private final @Nullable HttpServer server;

  private Liveness(@Nullable HttpServer server) {
    this.server = server;
  }

  static Liveness of(String role, ConfigurableApplicationContext context) throws IOException {
    if (role.equals("api")) {
      return new Liveness(null);
    }
    int port = context.getEnvironment().getProperty("server.port", Integer.class, PORT);
    try {
      var server = HttpServer.create(new InetSocketAddress(port), 0);
      server.createContext("/health", exchange -> answer(exchange, context.isRunning()));
      var metrics = context.getBean(PrometheusMeterRegistry.class);
      server.createContext(
          "/metrics", exchange -> answer(exchange, OK, METRICS_TEXT, metrics.scrape()));
      server.start();
      return new Liveness(server);
    } catch (BindException e) {
      throw new Sentence("Port %d is taken; set SERVER_PORT to another.".formatted(port), e);
    }
  }

  private static void answer(HttpExchange exchange, boolean well) throws IOException {
    var body = "{\"status\":\"%s\"}".formatted(well ? "ok" : "stopped");
    answer(exchange, well ? OK : UNAVAILABLE, "application/json", body);
  }

  private static void answer(HttpExchange exchange, int status, String type, String text)
      throws IOException {
    var body = text.getBytes(UTF_8);
    exchange.getResponseHeaders().add("Content-Type", type);
    exchange.sendResponseHeaders(status, body.length);
    try (var out = exchange.getResponseBody()) {
      out.write(body);
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
