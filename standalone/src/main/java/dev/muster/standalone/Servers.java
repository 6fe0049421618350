package dev.muster.standalone;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The Postgres and the Kafka that Muster runs on: embedded, or the ones the settings name.
public final class Servers implements AutoCloseable {
  private static final String BOOTSTRAP = "bootstrap.servers";

  private final String jdbcUrl;
  private final String kafka;
  private final @Nullable EmbeddedDatabase database;
  private final @Nullable EmbeddedBroker broker;

  private Servers(
      String jdbcUrl,
      String kafka,
      @Nullable EmbeddedDatabase database,
      @Nullable EmbeddedBroker broker) {
    this.jdbcUrl = jdbcUrl;
    this.kafka = kafka;
    this.database = database;
    this.broker = broker;
  }

  /// Starts what is to be embedded, both at once, and keeps it running.
  ///
  /// @param progress is told what happens, for a person
  /// @param stop is asked for when an embedded server is lost
  static Servers start(Settings settings, DataDirectory data, Consumer<String> progress, Stop stop)
      throws IOException {
    if (settings.kafka().isEmpty()) {
      Ports.requireFree("MUSTER_KAFKA_PORT", settings.kafkaPort());
    }
    var database = new CompletableFuture<@Nullable EmbeddedDatabase>();
    if (settings.jdbcUrl().isEmpty()) {
      progress.accept("Starting Postgres");
      Thread.ofVirtual()
          .start(() ->
              complete(database, () -> EmbeddedDatabase.start(data.path().resolve("postgres"))));
    } else {
      database.complete(null);
    }
    var _ = database.thenAccept(started -> keep(started, stop));
    @Nullable EmbeddedBroker broker = null;
    try {
      broker = settings.kafka().isEmpty() ? startBroker(settings, data, progress, stop) : null;
      var started = join(database);
      var jdbcUrl = started == null ? settings.jdbcUrl().orElseThrow() : started.jdbcUrl();
      var kafka = broker == null ? settings.kafka().orElseThrow() : broker.address();
      var servers = new Servers(jdbcUrl, kafka, started, broker);
      servers.publish(data, settings.feed().prefix());
      return servers;
    } catch (IOException | RuntimeException | Error e) {
      stop(broker, database.exceptionally(_ -> null).join());
      throw e;
    }
  }

  private static void keep(@Nullable EmbeddedDatabase database, Stop stop) {
    if (database != null) {
      stop.beforeForce(database::stopInHaste);
      database.keepRunning(stop);
    }
  }

  private static EmbeddedBroker startBroker(
      Settings settings, DataDirectory data, Consumer<String> progress, Stop stop)
      throws IOException {
    progress.accept("Starting Kafka");
    BrokerEnd.leadsTo(stop);
    return EmbeddedBroker.startGuarded(
        data.path().resolve("kafka"),
        settings.kafkaPort(),
        Map.of(BrokerAccess.PREFIX_SETTING, settings.feed().prefix()));
  }

  /// Writes down for scripts and tools where the servers are, and how to log in to the embedded
  /// ones.
  private void publish(DataDirectory data, String prefix) throws IOException {
    data.publish("feed.prefix", prefix);
    data.publish("postgres.url", jdbcUrl);
    data.publish("kafka.address", kafka);
    if (database != null) {
      data.publish("pg_service.conf", database.service());
    }
    data.publish(
        "kafka.properties",
        kafkaSettings().entrySet().stream()
            .map(setting -> setting.getKey() + "=" + setting.getValue())
            .collect(Collectors.joining("\n")));
  }

  @FunctionalInterface
  private interface Start<T> {
    T start() throws IOException;
  }

  private static <T> void complete(CompletableFuture<@Nullable T> future, Start<T> start) {
    try {
      future.complete(start.start());
    } catch (IOException | RuntimeException e) {
      future.completeExceptionally(e);
    }
  }

  private static <T> @Nullable T join(CompletableFuture<@Nullable T> future) {
    try {
      return future.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof Sentence sentence) {
        throw sentence;
      }
      throw e;
    }
  }

  public String jdbcUrl() {
    return jdbcUrl;
  }

  /// Where Kafka may be read.
  public String kafka() {
    return kafka;
  }

  /// Where Muster's own clients find Kafka.
  String ownKafka() {
    return kafkaSettings().getOrDefault(BOOTSTRAP, kafka);
  }

  /// How Muster's own clients log in to an embedded Kafka, as Spring's settings.
  List<String> kafkaLogin() {
    var login = new ArrayList<String>();
    kafkaSettings()
        .forEach((name, value) -> {
          if (!name.equals(BOOTSTRAP)) {
            login.add("--spring.kafka.properties." + name + "=" + value);
          }
        });
    return login;
  }

  private Map<String, String> kafkaSettings() {
    return broker == null ? new TreeMap<>(Map.of(BOOTSTRAP, kafka)) : broker.clientSettings();
  }

  /// Whether what is written to the data directory's disk is ours.
  boolean isEmbedded() {
    return broker != null || database != null;
  }

  @Override
  public void close() throws IOException {
    stop(broker, database);
  }

  private static void stop(@Nullable EmbeddedBroker broker, @Nullable EmbeddedDatabase database)
      throws IOException {
    if (broker != null) {
      broker.close();
    }
    if (database != null) {
      database.close();
    }
  }
}
