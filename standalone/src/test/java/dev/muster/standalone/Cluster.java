package dev.muster.standalone;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.jspecify.annotations.Nullable;

/// Muster as it is run in earnest: apis and dispatchers as processes of their own on a Postgres and
/// a Kafka that they share, each of which can be ended alone.
final class Cluster implements AutoCloseable {
  static final List<String> SMALL_JVM =
      List.of("-Xmx192m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

  private final DatabasePart database;
  private final JavaPart broker;
  private final String kafka;
  private final List<Api> clients = new ArrayList<>();
  private final List<Part> apis = new ArrayList<>();
  private final List<Part> dispatchers = new ArrayList<>();
  private final Path directory;
  private final @Nullable Path before;
  private final Map<Part, Runnable> upgrades = new HashMap<>();

  private Cluster(Path directory, @Nullable Path before) throws IOException {
    this.directory = directory;
    this.before = before;
    this.database = new DatabasePart(directory.resolve("postgres"), Ports.free());
    var kafkaPort = Ports.free();
    this.kafka = "127.0.0.1:" + kafkaPort;
    this.broker =
        new JavaPart(
            new JavaPart.Command(
                SMALL_JVM,
                List.of(
                    BrokerMain.class.getName(),
                    directory.resolve("kafka").toString(),
                    Integer.toString(kafkaPort)),
                Map.of()),
            directory.resolve("kafka.log"),
            () -> isListening(kafkaPort) && answers(kafka));
  }

  /// Starts everything. Returns when every process answers.
  ///
  /// @param directory keeps everything, and the processes' logs
  static Cluster start(Path directory, int apis, int dispatchers) throws IOException {
    return start(directory, apis, dispatchers, null);
  }

  /// The same with apis and dispatchers of another release.
  ///
  /// @param before the release's program, a jar; null for what is tested
  static Cluster start(Path directory, int apis, int dispatchers, @Nullable Path before)
      throws IOException {
    var cluster = new Cluster(directory, before);
    try {
      atOnce(List.of(cluster.database, cluster.broker));
      for (var i = 0; i < apis; i++) {
        cluster.apis.add(cluster.muster("api", i));
      }
      for (var i = 0; i < dispatchers; i++) {
        cluster.dispatchers.add(cluster.muster("dispatcher", i));
      }
      // The first one makes the schema and the topics.
      cluster.apis.getFirst().start();
      atOnce(cluster.apis.subList(1, apis));
      atOnce(cluster.dispatchers);
      return cluster;
    } catch (IOException | RuntimeException | Error e) {
      cluster.close();
      throw e;
    }
  }

  private static void atOnce(List<? extends Part> parts) throws IOException {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var starts = new ArrayList<Future<?>>();
      for (var part : parts) {
        starts.add(
            threads.submit(() -> {
              part.start();
              return part;
            }));
      }
      for (var start : starts) {
        start.get();
      }
    } catch (java.util.concurrent.ExecutionException e) {
      throw new IOException("a part did not start", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private JavaPart muster(String role, int number) throws IOException {
    var port = Ports.free();
    var client = new Api("http://localhost:" + port, TestMuster.OWNER_TOKEN);
    if (role.equals("api")) {
      clients.add(client);
    }
    var environment =
        Map.of(
            "SERVER_PORT",
            Integer.toString(port),
            "SPRING_DATASOURCE_URL",
            database.jdbcUrl(),
            "SPRING_KAFKA_BOOTSTRAP_SERVERS",
            kafka,
            "MUSTER_TOKEN",
            TestMuster.OWNER_TOKEN);
    var tested = new JavaPart.Command(SMALL_JVM, List.of(Main.class.getName(), role), environment);
    var part =
        new JavaPart(
            before == null
                ? tested
                : new JavaPart.Command(
                    SMALL_JVM, List.of("-jar", before.toString(), role), environment),
            directory.resolve(role + number + ".log"),
            () -> client.get("/health").status() == 200);
    upgrades.put(part, () -> part.become(tested));
    return part;
  }

  /// Stops an api or a dispatcher in order, and starts the release that is tested in its place.
  void upgrade(Part part) throws IOException {
    part.stop();
    Objects.requireNonNull(upgrades.get(part), "an api or a dispatcher").run();
    part.start();
  }

  TestServers servers() {
    return new TestServers(database.jdbcUrl(), kafka);
  }

  Part database() {
    return database;
  }

  Part broker() {
    return broker;
  }

  List<Part> apis() {
    return apis;
  }

  List<Part> dispatchers() {
    return dispatchers;
  }

  /// A part of each kind, in a random order.
  List<Part> oneOfEach(RandomGenerator random) {
    var ordered =
        new ArrayList<Part>(List.of(database, broker, any(apis, random), any(dispatchers, random)));
    var parts = new ArrayList<Part>();
    while (!ordered.isEmpty()) {
      parts.add(ordered.remove(random.nextInt(ordered.size())));
    }
    return parts;
  }

  private static Part any(List<Part> parts, RandomGenerator random) {
    return parts.get(random.nextInt(parts.size()));
  }

  /// A client of each api.
  List<Api> clients() {
    return clients;
  }

  /// A broker takes connections a while before it answers.
  private static boolean answers(String kafka) throws Exception {
    try (var admin =
        Admin.create(
            Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, kafka,
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000,
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 10_000))) {
      return !admin.describeCluster().nodes().get().isEmpty();
    }
  }

  private static boolean isListening(int port) {
    try (var _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void close() {
    var parts = new ArrayList<Part>(dispatchers);
    parts.addAll(apis);
    parts.add(broker);
    try {
      for (var part : parts) {
        part.kill();
      }
      database.stop();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
