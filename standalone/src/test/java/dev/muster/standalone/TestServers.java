package dev.muster.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.lifecycle.Startables;
import org.testcontainers.postgresql.PostgreSQLContainer;

/// The Postgres and Kafka of a test run, started once per JVM: embedded ones, or containers with
/// `-Dmuster.test.servers=containers`.
record TestServers(String jdbcUrl, String kafka) {
  private static final class Once {
    static final TestServers SERVERS = start();
  }

  static TestServers get() {
    return Once.SERVERS;
  }

  private static TestServers start() {
    var kind = System.getProperty("muster.test.servers", "embedded");
    return switch (kind) {
      case "embedded" -> embedded();
      case "containers" -> containers();
      default ->
          throw new IllegalArgumentException(
              "muster.test.servers is embedded or containers, not " + kind);
    };
  }

  private static TestServers embedded() {
    try {
      var directory = Files.createTempDirectory("muster-test");
      var database = TestPostgres.start(directory.resolve("postgres"), 0);
      AtExit.stop(() -> stop(database, directory));
      var broker = TestBroker.start(directory.resolve("kafka"), 0);
      AtExit.stop(broker::close);
      return new TestServers(database.jdbcUrl(), broker.address());
    } catch (IOException e) {
      throw new IllegalStateException("the embedded servers did not start", e);
    }
  }

  /// The servers of docker-compose.yml. They stop with the JVM: with its end where Ryuk runs, and
  /// by the hook where it does not.
  private static TestServers containers() {
    var database = new PostgreSQLContainer("postgres:18");
    var broker = new KafkaContainer("apache/kafka:4.2.2");
    Startables.deepStart(database, broker).join();
    AtExit.stop(() -> {
      broker.stop();
      database.stop();
    });
    var login = "&user=%s&password=%s".formatted(database.getUsername(), database.getPassword());
    return new TestServers(database.getJdbcUrl() + login, broker.getBootstrapServers());
  }

  private static void stop(EmbeddedDatabase database, Path directory) {
    try {
      database.close();
      try (var files = Files.walk(directory)) {
        files.sorted(java.util.Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
      }
    } catch (IOException e) {
      System.err.println("The test servers did not stop in order: " + e);
    }
  }
}
