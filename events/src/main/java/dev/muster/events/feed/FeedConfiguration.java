package dev.muster.events.feed;

import java.util.HashMap;
import java.util.Map;
import javax.sql.DataSource;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.transaction.support.TransactionTemplate;

/// The feed's parts, for every process that changes state.
@Configuration(proxyBeanMethods = false)
public class FeedConfiguration {
  /// The largest record. The limits on what clients may send keep every event below it, each
  /// character written as an escape of six bytes.
  static final int RECORD_BYTES_MAX = 8 * 1024 * 1024;

  @Bean
  TopicSetup topicSetup(KafkaAdmin admin) {
    return new TopicSetup(admin);
  }

  @Bean
  Relay relay(JdbcClient db, TransactionTemplate transaction) {
    return new Relay(db, transaction);
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
  Publisher publisher(
      DataSource dataSource,
      FeedLog feedLog,
      KafkaProperties kafka,
      JdbcClient db,
      TransactionTemplate transaction) {
    var cursors = new Publisher.CursorStore(db, transaction);
    return new Publisher(
        dataSource,
        feedLog,
        new PublishedTail(consumers(kafka), feedLog),
        producers(kafka),
        cursors);
  }

  private static ConsumerFactory<byte[], byte[]> consumers(KafkaProperties kafka) {
    var settings = new HashMap<>(kafka.buildConsumerProperties());
    settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1);
    return new DefaultKafkaConsumerFactory<>(
        settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /// The settings the feed's order rests on are not the user's to change.
  private static ProducerFactory<byte[], byte[]> producers(KafkaProperties kafka) {
    var settings = new HashMap<>(kafka.buildProducerProperties());
    settings.putAll(
        Map.of(
            ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
            true,
            ProducerConfig.ACKS_CONFIG,
            "all",
            ProducerConfig.LINGER_MS_CONFIG,
            0,
            ProducerConfig.MAX_BLOCK_MS_CONFIG,
            10_000,
            ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
            5_000,
            ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
            Integer.MAX_VALUE,
            ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
            RECORD_BYTES_MAX,
            ProducerConfig.COMPRESSION_TYPE_CONFIG,
            "lz4"));
    return new DefaultKafkaProducerFactory<>(
        settings, new ByteArraySerializer(), new ByteArraySerializer());
  }
}
