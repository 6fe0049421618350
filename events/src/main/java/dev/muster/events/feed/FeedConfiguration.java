package dev.muster.events.feed;

import com.zaxxer.hikari.HikariDataSource;
import dev.muster.events.FeedNames;
import dev.muster.events.kafka.FeedClient;
import dev.muster.events.kafka.KafkaClients;
import dev.muster.events.storage.StoredBytes;
import dev.muster.events.trace.TraceConfiguration;
import dev.muster.events.trace.Traces;
import dev.muster.events.webhook.Targets;
import dev.muster.events.webhook.WebhookProperties;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.util.unit.DataSize;

/// The feed's parts, for every process that changes state.
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({FeedProperties.class, WebhookProperties.class})
@Import({MigrationConfiguration.class, TraceConfiguration.class})
public class FeedConfiguration {
  private static final Logger log = LoggerFactory.getLogger(FeedConfiguration.class);

  @Bean
  PartitionCounts partitionCounts(JdbcClient db) {
    return new PartitionCounts(db);
  }

  @Bean
  FeedNames feedNames(FeedProperties properties) {
    return properties.names();
  }

  @Bean
  KafkaClients kafkaClients(KafkaProperties kafka, FeedNames names, Environment environment) {
    var clients = new KafkaClients(kafka, names);
    clients.overruled(environment::getProperty).ifPresent(log::warn);
    return clients;
  }

  @Bean
  TopicSetup topicSetup(KafkaClients clients, PartitionCounts partitions, JdbcClient db) {
    return new TopicSetup(clients, partitions, tail(clients, new FeedLog(db)));
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
  StoredBytes storedBytes(JdbcClient db, Environment environment) {
    var quota = Binder.get(environment).bind(StoredBytes.QUOTA, DataSize.class);
    return new StoredBytes(db, quota.orElse(StoredBytes.QUOTA_DEFAULT));
  }

  @Bean
  StorageTimer storageTimer(StoredBytes stored) {
    return new StorageTimer(stored);
  }

  @Bean
  Outbox outbox(JdbcClient db, Relay relay, StoredBytes stored) {
    return new Outbox(db, relay, stored);
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
  PoisonRecords poisonRecords(TopicSetup topics, KafkaClients clients, MeterRegistry meters) {
    return new PoisonRecords(clients, InstantSource.system(), meters);
  }

  @Bean
  FeedDatabase feedDatabase(FeedConnections connections) {
    return connections.database();
  }

  @Bean
  Publisher publisher(
      FeedDatabase database,
      KafkaClients clients,
      ObjectProvider<Traces> traces,
      MeterRegistry meters,
      @Value("${spring.application.name}") String application) {
    var publisher =
        new Publisher(
            database,
            clients.names().events(),
            tail(clients, database.log()),
            turn -> new KafkaProducer<>(clients.writer(Integer.toString(turn))),
            InstantSource.system(),
            traces.getIfAvailable());
    // Over all processes the sum is one, or nobody publishes.
    Gauge.builder("muster.publisher.active", publisher, p -> p.isActive() ? 1 : 0)
        .description("Whether this process is the one that publishes the feed")
        .tag("application", application)
        .register(meters);
    return publisher;
  }

  @Bean
  TaskTable taskTable(FeedDatabase database, JdbcClient db, KafkaClients clients) {
    return new TaskTable(
        database,
        clients.names().tasks(),
        tail(clients, database.log()),
        new StrangeTasks(consumers(clients), db),
        () -> new KafkaProducer<>(clients.writer(TaskTable.WRITER)),
        InstantSource.system());
  }

  static PublishedTail tail(KafkaClients clients, FeedLog log) {
    return new PublishedTail(consumers(clients), clients.names().events(), log);
  }

  static ConsumerFactory<byte[], byte[]> consumers(KafkaClients clients) {
    return new DefaultKafkaConsumerFactory<>(
        clients.consumer(FeedClient.TAKEOVER, "takeover"),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }
}
