package dev.muster.events.feed;

import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.muster.events.FeedNames;
import dev.muster.events.kafka.KafkaClients;
import dev.muster.standalone.EmbeddedBroker;
import dev.muster.standalone.EmbeddedDatabase;
import dev.muster.standalone.TestBroker;
import dev.muster.standalone.TestPostgres;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.record.FileLogInputStream;
import org.apache.kafka.common.record.FileRecords;
import org.flywaydb.core.Flyway;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.jdbc.core.simple.JdbcClient;

/// A Postgres with Muster's schema and a broker with its topics, of one test alone: it may restart
/// the broker, and nobody else publishes.
public final class FeedRig implements AutoCloseable {
  private final Path directory;
  private final EmbeddedDatabase database;
  private final HikariDataSource pool;
  private EmbeddedBroker broker;

  private FeedRig(Path directory, EmbeddedDatabase database, EmbeddedBroker broker) {
    this.directory = directory;
    this.database = database;
    this.broker = broker;
    this.pool = pool(database.jdbcUrl(), "feed-rig", 4);
  }

  public static FeedRig start() throws Exception {
    var directory = Files.createTempDirectory("muster-feed");
    var database = TestPostgres.start(directory.resolve("postgres"), 0);
    var rig = new FeedRig(directory, database, brokerBeside(database, directory.resolve("kafka")));
    try {
      Flyway.configure().dataSource(rig.pool).load().migrate();
      rig.topicSetup().afterPropertiesSet();
      return rig;
    } catch (Exception e) {
      rig.close();
      throw e;
    }
  }

  /// A Postgres is a process of its own, which nobody would stop if there is no rig.
  private static EmbeddedBroker brokerBeside(EmbeddedDatabase database, Path directory)
      throws IOException {
    try {
      return TestBroker.start(directory, 0);
    } catch (IOException | RuntimeException e) {
      database.close();
      throw e;
    }
  }

  /// Numbers and publishes all there is, and stops again.
  public void publishAll() {
    try (var parts = FeedParts.of(jdbcUrl(), kafka(), "rig", UnaryOperator.identity())) {
      parts.start();
      awaitPublished();
    }
  }

  /// Waits until Kafka has all there is.
  public void awaitPublished() {
    await()
        .atMost(Duration.ofMinutes(2))
        .until(() ->
            db().sql(
                    """
                    SELECT head = p.log_id AND head = t.log_id AND NOT EXISTS (SELECT FROM outbox)
                      FROM feed, feed_published AS p, feed_task_table AS t
                    """)
                .query(Boolean.class)
                .single());
  }

  static HikariDataSource pool(String jdbcUrl, String name, int connectionsMax) {
    var settings = new HikariConfig();
    settings.setJdbcUrl(jdbcUrl);
    settings.setMaximumPoolSize(connectionsMax);
    settings.setMinimumIdle(0);
    settings.setConnectionInitSql("SET TIME ZONE 'UTC'");
    settings.addDataSourceProperty("ApplicationName", name);
    return new HikariDataSource(settings);
  }

  static KafkaClients clients(String kafka, FeedNames names) {
    var properties = new KafkaProperties();
    properties.setBootstrapServers(List.of(kafka));
    return new KafkaClients(properties, names);
  }

  /// The clients of an installation of the default names.
  public KafkaClients clients() {
    return clients(kafka(), FeedNames.DEFAULT);
  }

  TopicSetup topicSetup() {
    return topicSetup(db(), kafka(), FeedNames.DEFAULT);
  }

  private static TopicSetup topicSetup(JdbcClient db, String kafka, FeedNames names) {
    var clients = clients(kafka, names);
    return new TopicSetup(
        clients, new PartitionCounts(db), FeedConfiguration.tail(clients, new FeedLog(db)));
  }

  /// Does with the topics what a start does. Returns what it warned of.
  public static List<String> setUpTopics(String jdbcUrl, String kafka, FeedNames names)
      throws InterruptedException {
    try (var pool = pool(jdbcUrl, "topics", 2)) {
      Flyway.configure().dataSource(pool).load().migrate();
      var setup = topicSetup(JdbcClient.create(pool), kafka, names);
      setup.afterPropertiesSet();
      return setup.warnings();
    }
  }

  /// The topics as somebody makes them who has read how.
  public static List<NewTopic> documentedTopics(FeedNames names) {
    return WantedTopic.all(names).stream().map(topic -> topic.asNew(1)).toList();
  }

  public JdbcClient db() {
    return JdbcClient.create(pool);
  }

  public String jdbcUrl() {
    return database.jdbcUrl();
  }

  public String kafka() {
    return broker.address();
  }

  /// Damages the newest records of a topic's partition on the broker's disk: what was written by
  /// one request. Whoever reads them is told that they are invalid.
  public void damageNewest(String topic, int partition) throws IOException {
    var log = directory.resolve("kafka/%s-%d/00000000000000000000.log".formatted(topic, partition));
    try (var records = FileRecords.open(log.toFile());
        var file = FileChannel.open(log, StandardOpenOption.WRITE)) {
      var newest = (FileLogInputStream.FileChannelRecordBatch) null;
      for (var batch : records.batches()) {
        newest = batch.isControlBatch() ? newest : batch;
      }
      var last = Objects.requireNonNull(newest).position() + newest.sizeInBytes() - 1;
      file.write(ByteBuffer.wrap(new byte[] {-1}), last);
    }
  }

  /// The broker goes away and comes back on the same port, with what was in it.
  void restartBroker() throws IOException {
    var port = Integer.parseInt(broker.address().substring(broker.address().indexOf(':') + 1));
    broker.close();
    broker = TestBroker.start(directory.resolve("kafka"), port);
  }

  /// Takes the publisher's lock from whoever has it, as a failover of Postgres does: the holder
  /// does not hear of it.
  ///
  /// @param name of the holder's connections; all of them end
  void cutOff(String name) {
    var _ =
        db().sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = :name")
            .param("name", name)
            .query(Boolean.class)
            .list();
  }

  /// The name of whoever has the publisher's lock; empty if nobody has.
  String leader() {
    return db().sql(
            """
            SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid)
             WHERE locktype = 'advisory' AND granted AND (classid::bigint << 32 | objid::bigint) = :lock
            """)
        .param("lock", Publisher.LOCK)
        .query(String.class)
        .optional()
        .orElse("");
  }

  @Override
  public void close() throws IOException {
    pool.close();
    broker.close();
    database.close();
    try (var files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    }
  }
}
