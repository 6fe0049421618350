package dev.muster.standalone;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/// A real Kafka broker and controller in this process, its log in a directory, listening on
/// loopback alone.
///
/// Uses Kafka's own server classes, which are no public API: they are pinned with the version of
/// the clients.
public final class EmbeddedBroker implements AutoCloseable {
  private static final int NODE = 1;

  private final KafkaRaftServer server;
  private final Listeners listeners;
  private final Optional<BrokerLogin> login;

  private EmbeddedBroker(KafkaRaftServer server, Listeners listeners, Optional<BrokerLogin> login) {
    this.server = server;
    this.listeners = listeners;
    this.login = login;
  }

  /// The ports it listens at.
  ///
  /// @param open for whoever is on this machine
  /// @param own for those who log in
  private record Listeners(int open, int own, int controller) {}

  /// Starts a broker that lets everybody on this machine do everything, on the directory, with what
  /// was in it.
  ///
  /// @param port 0 for any that is free
  public static EmbeddedBroker start(Path directory, int port) throws IOException {
    return start(directory, port, Optional.empty(), Map.of());
  }

  /// Starts a broker that only Muster may write to; whoever is on this machine may read.
  ///
  /// @param port for those who read; 0 for any that is free
  /// @param more further settings of the broker
  static EmbeddedBroker startGuarded(Path directory, int port, Map<String, String> more)
      throws IOException {
    return start(directory, port, Optional.of(BrokerLogin.random()), more);
  }

  private static EmbeddedBroker start(
      Path directory, int port, Optional<BrokerLogin> login, Map<String, String> more)
      throws IOException {
    var free = Ports.free(3, port);
    var listeners = new Listeners(port == 0 ? free.get(2) : port, free.get(0), free.get(1));
    Ports.requireFree("MUSTER_KAFKA_PORT", port);
    format(directory);
    try {
      var properties = properties(directory, listeners);
      login.ifPresent(user -> guard(properties, listeners, user));
      properties.putAll(more);
      var server = new KafkaRaftServer(KafkaConfig.fromProps(properties), Time.SYSTEM);
      server.startup();
      return new EmbeddedBroker(server, listeners, login);
    } catch (RuntimeException e) {
      throw new Sentence(
          "Kafka did not start on %s: %s".formatted(directory, StartupFailure.reason(e)), e);
    }
  }

  /// Where everybody on this machine may read.
  public String address() {
    return "127.0.0.1:" + listeners.open();
  }

  /// What Muster's own clients need, by the names of Kafka's client settings.
  Map<String, String> clientSettings() {
    var settings = new TreeMap<String, String>();
    settings.put(
        "bootstrap.servers", login.isPresent() ? "127.0.0.1:" + listeners.own() : address());
    login.ifPresent(user -> settings.putAll(user.client()));
    return settings;
  }

  /// Makes the directory beside its place, so that it is there whole or not at all. Without the
  /// file that says whose it is nothing was ever written to it.
  private static void format(Path directory) throws IOException {
    if (Files.exists(directory.resolve("meta.properties"))) {
      PrivateFiles.directory(directory);
      return;
    }
    if (Files.isDirectory(directory)) {
      requireUnused(directory);
    }
    PrivateFiles.delete(directory);
    var part = directory.resolveSibling(directory.getFileName() + ".part");
    PrivateFiles.delete(part);
    write(PrivateFiles.directory(part));
    PrivateFiles.moveInto(part, directory);
  }

  private static void requireUnused(Path directory) throws IOException {
    try (var entries = Files.list(directory)) {
      if (entries.anyMatch(Files::isDirectory)) {
        throw new Sentence(
            "%s holds records of Kafka's but no meta.properties, which says whose they are; put it back, or move the directory away."
                .formatted(directory));
      }
    }
  }

  private static void write(Path directory) throws IOException {
    try (var silence =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
      new Formatter()
          .setPrintStream(silence)
          .setClusterId(Uuid.randomUuid().toString())
          .setNodeId(NODE)
          .setControllerListenerName("CONTROLLER")
          .setReleaseVersion(MetadataVersion.latestProduction())
          .addDirectory(directory.toString())
          .setMetadataLogDirectory(directory.toString())
          .run();
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException("Kafka's directory " + directory + " could not be formatted", e);
    }
  }

  private static Properties properties(Path directory, Listeners listeners) {
    var properties = new Properties();
    properties.put("node.id", Integer.toString(NODE));
    properties.put("process.roles", "broker,controller");
    var open = "PLAINTEXT://127.0.0.1:" + listeners.open();
    var controller = "CONTROLLER://127.0.0.1:" + listeners.controller();
    properties.put("listeners", open + "," + controller);
    properties.put("advertised.listeners", open);
    properties.put("controller.listener.names", "CONTROLLER");
    properties.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
    properties.put("controller.quorum.voters", NODE + "@127.0.0.1:" + listeners.controller());
    properties.put("log.dirs", directory.toString());
    properties.put("auto.create.topics.enable", "false");
    properties.put("default.replication.factor", "1");
    properties.put("min.insync.replicas", "1");
    properties.put("offsets.topic.replication.factor", "1");
    properties.put("offsets.topic.num.partitions", "1");
    properties.put("transaction.state.log.replication.factor", "1");
    properties.put("transaction.state.log.min.isr", "1");
    properties.put("transaction.state.log.num.partitions", "1");
    properties.put("group.initial.rebalance.delay.ms", "0");
    // Empty records for followers of the metadata log: there are none.
    properties.put("metadata.max.idle.interval.ms", "0");
    properties.put("num.network.threads", "2");
    properties.put("num.io.threads", "4");
    properties.put("num.recovery.threads.per.data.dir", "2");
    properties.put("log.cleaner.dedupe.buffer.size", "16777216");
    return properties;
  }

  /// A listener more, for those who log in. The controller's is one of them: it obeys whoever
  /// reaches it.
  private static void guard(Properties properties, Listeners listeners, BrokerLogin login) {
    var own = ",MUSTER://127.0.0.1:" + listeners.own();
    properties.merge("listeners", own, (all, more) -> all.toString() + more);
    properties.merge("advertised.listeners", own, (all, more) -> all.toString() + more);
    properties.put(
        "listener.security.protocol.map",
        "PLAINTEXT:PLAINTEXT,MUSTER:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT");
    properties.put("inter.broker.listener.name", "MUSTER");
    properties.put("sasl.enabled.mechanisms", "PLAIN");
    properties.put("sasl.mechanism.inter.broker.protocol", "PLAIN");
    properties.put("sasl.mechanism.controller.protocol", "PLAIN");
    properties.put("listener.name.muster.plain.sasl.jaas.config", login.server());
    properties.put("listener.name.controller.plain.sasl.jaas.config", login.server());
    properties.put("authorizer.class.name", BrokerAccess.class.getName());
  }

  @Override
  public void close() {
    server.shutdown();
    server.awaitShutdown();
  }
}
