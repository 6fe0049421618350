package dev.muster.standalone;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ConfigurableApplicationContext;

/// An api beside the one that all tests share, in the same JVM and on a port that it keeps. It ends
/// in order, however it is ended.
final class ApiPart implements Part, AutoCloseable {
  private final int port = Ports.free();
  private final TestServers servers;
  private @Nullable ConfigurableApplicationContext running;

  ApiPart(TestServers servers) throws IOException {
    this.servers = servers;
  }

  Api client() {
    return new Api("http://localhost:" + port, TestMuster.OWNER_TOKEN);
  }

  @Override
  public void start() {
    running =
        Applications.api(
            servers.jdbcUrl(),
            servers.kafka(),
            TestMuster.OWNER_TOKEN,
            "--server.port=" + port,
            TestMuster.PRIVATE_WEBHOOKS);
  }

  @Override
  public void kill() {
    stop();
  }

  @Override
  public void stop() {
    if (running != null) {
      running.close();
      running = null;
    }
  }

  @Override
  public void close() {
    stop();
  }
}
