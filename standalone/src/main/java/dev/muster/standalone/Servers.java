package dev.muster.standalone;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The Postgres and the Kafka that Muster runs on: embedded, or the ones the settings name.
public final class Servers implements AutoCloseable {
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

  /// Starts what is to be embedded, both at once.
  ///
  /// @param progress is told what happens, for a person
  public static Servers start(Settings settings, DataDirectory data, Consumer<String> progress)
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
    @Nullable EmbeddedBroker broker = null;
    try {
      broker = settings.kafka().isEmpty() ? startBroker(settings, data, progress) : null;
      var started = join(database);
      var jdbcUrl = started == null ? settings.jdbcUrl().orElseThrow() : started.jdbcUrl();
      var kafka = broker == null ? settings.kafka().orElseThrow() : broker.address();
      data.publish("postgres.url", jdbcUrl);
      data.publish("kafka.address", kafka);
      return new Servers(jdbcUrl, kafka, started, broker);
    } catch (IOException | RuntimeException | Error e) {
      stop(broker, database.exceptionally(_ -> null).join());
      throw e;
    }
  }

  private static EmbeddedBroker startBroker(
      Settings settings, DataDirectory data, Consumer<String> progress) throws IOException {
    progress.accept("Starting Kafka");
    return EmbeddedBroker.start(data.path().resolve("kafka"), settings.kafkaPort());
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

  public String kafka() {
    return kafka;
  }

  public @Nullable EmbeddedBroker broker() {
    return broker;
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
