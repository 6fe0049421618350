package dev.muster.events.feed;

import com.zaxxer.hikari.HikariDataSource;
import dev.muster.events.webhook.Targets;
import dev.muster.events.webhook.WebhookProperties;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.HashMap;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.transaction.support.TransactionTemplate;

/// The feed's parts, for every process that changes state.
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({FeedProperties.class, WebhookProperties.class})
public class FeedConfiguration {
  /// The largest record. The limits on what clients may send keep every event below it, each
  /// character written as an escape of six bytes.
  static final int RECORD_BYTES_MAX = 8 * 1024 * 1024;

  /// Before the schema is made: a server that is too old is left as it is.
  @Bean
  FlywayMigrationStrategy migration() {
    return flyway -> {
      ServerVersions.requirePostgres(flyway.getConfiguration().getDataSource());
      flyway.migrate();
    };
  }

  @Bean
  PartitionCounts partitionCounts(JdbcClient db) {
    return new PartitionCounts(db);
  }

  @Bean
  TopicSetup topicSetup(KafkaAdmin admin, PartitionCounts partitions) {
    return new TopicSetup(admin, partitions);
  }

  @Bean
  FeedMetrics feedMetrics(JdbcClient db) {
    return new FeedMetrics(db);
  }

  @Bean
  Retention retention(JdbcClient db, TransactionTemplate transaction, FeedProperties properties) {
    return new Retention(db, transaction, properties.retention());
  }

  @Bean
  FeedConnections feedConnections(HikariDataSource dataSource) {
    return FeedConnections.like(dataSource);
  }

  @Bean
  Relay relay(FeedConnections connections) {
    return new Relay(connections.template());
  }

  @Bean
  Outbox outbox(JdbcClient db, Relay relay) {
    return new Outbox(db, relay);
  }

  @Bean
  FeedLog feedLog(JdbcClient db) {
    return new FeedLog(db);
  }

  @Bean
  FeedSelection feedSelection(JdbcClient db) {
    return new FeedSelection(db);
  }

  @Bean
  Targets webhookTargets(WebhookProperties properties) {
    return new Targets(properties.allowPrivate());
  }

  @Bean
  PoisonRecords poisonRecords(TopicSetup topics, KafkaProperties kafka, MeterRegistry meters) {
    return new PoisonRecords(kafka, InstantSource.system(), meters);
  }

  @Bean
  FeedDatabase feedDatabase(FeedConnections connections) {
    return connections.database();
  }

  @Bean
  Publisher publisher(FeedDatabase database, KafkaProperties kafka) {
    return new Publisher(
        database,
        new PublishedTail(consumers(kafka), database.log()),
        turn -> new KafkaProducer<>(Producers.settings(kafka, Integer.toString(turn))),
        InstantSource.system());
  }

  @Bean
  TaskTable taskTable(FeedDatabase database, JdbcClient db, KafkaProperties kafka) {
    return new TaskTable(
        database,
        new PublishedTail(consumers(kafka), database.log()),
        new StrangeTasks(consumers(kafka), db),
        () -> new KafkaProducer<>(Producers.settings(kafka, TaskTable.WRITER)),
        InstantSource.system());
  }

  static ConsumerFactory<byte[], byte[]> consumers(KafkaProperties kafka) {
    var settings = new HashMap<>(kafka.buildConsumerProperties());
    settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 32);
    settings.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, RECORD_BYTES_MAX);
    // A takeover reads one partition after another, and waits for nothing that is not there yet.
    settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 5);
    return new DefaultKafkaConsumerFactory<>(
        settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }
}
