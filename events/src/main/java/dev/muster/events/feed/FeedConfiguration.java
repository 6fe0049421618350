package dev.muster.events.feed;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import javax.sql.DataSource;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.transaction.support.TransactionTemplate;

/// The feed's parts, for every process that changes state.
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(FeedProperties.class)
public class FeedConfiguration {
  /// The largest record. The limits on what clients may send keep every event below it, each
  /// character written as an escape of six bytes.
  static final int RECORD_BYTES_MAX = 8 * 1024 * 1024;

  private static final String TRANSACTIONAL_ID = "muster-publisher-";

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
  Relay relay(DataSource dataSource) {
    return new Relay(new JdbcTemplate(dataSource));
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
  PoisonRecords poisonRecords(TopicSetup topics, KafkaProperties kafka, MeterRegistry meters) {
    return new PoisonRecords(kafka, InstantSource.system(), meters);
  }

  @Bean
  Publisher publisher(
      DataSource dataSource,
      FeedLog feedLog,
      PartitionCounts partitions,
      KafkaProperties kafka,
      JdbcClient db,
      TransactionTemplate transaction) {
    var cursors = new CursorStore(db, transaction);
    return new Publisher(
        dataSource,
        feedLog,
        new PublishedTail(consumers(kafka), feedLog),
        partitions,
        turn -> new KafkaProducer<>(producer(kafka, turn)),
        cursors);
  }

  static ConsumerFactory<byte[], byte[]> consumers(KafkaProperties kafka) {
    var settings = new HashMap<>(kafka.buildConsumerProperties());
    settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    // A takeover reads one partition after another, and waits for nothing that is not there yet.
    settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 5);
    return new DefaultKafkaConsumerFactory<>(
        settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /// The settings the feed's order rests on are not the user's to change. The transactional ids are
  /// the same in every process: they are what a publisher that has lost its place is refused by. A
  /// transaction of a publisher that died without a successor holds readers up for its timeout.
  static Map<String, Object> producer(KafkaProperties kafka, int turn) {
    var settings = new HashMap<>(kafka.buildProducerProperties());
    settings.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    settings.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, TRANSACTIONAL_ID + turn);
    settings.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, 30_000);
    settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    // While the broker still finishes the transaction before, it refuses a first request; a second
    // one on its way would be refused for its number.
    settings.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
    settings.put(ProducerConfig.BATCH_SIZE_CONFIG, 128 * 1024);
    settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 15_000);
    settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000);
    settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 20_000);
    settings.put(ProducerConfig.RETRY_BACKOFF_MS_CONFIG, 10);
    settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, RECORD_BYTES_MAX);
    settings.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
    return settings;
  }
}
