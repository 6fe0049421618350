package dev.muster.events.feed;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;

/// The Kafka producers of those who write the feed.
final class Producers {
  private static final String TRANSACTIONAL_ID = "muster-publisher-";
  private static final Duration CLOSE_AT_MOST = Duration.ofSeconds(1);

  private Producers() {}

  /// The settings the feed's order rests on are not the user's to change. The transactional ids are
  /// the same in every process: they are what a writer that has lost its place is refused by. A
  /// transaction of a writer that died without a successor holds readers up for its timeout.
  ///
  /// @param writer tells the transactional ids apart
  static Map<String, Object> settings(KafkaProperties kafka, String writer) {
    var settings = new HashMap<>(kafka.buildProducerProperties());
    settings.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    settings.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, TRANSACTIONAL_ID + writer);
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
    settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, FeedConfiguration.RECORD_BYTES_MAX);
    settings.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
    return settings;
  }

  /// Gives up what is open. A producer does not let itself be closed by an interrupted thread.
  static void close(Producer<byte[], byte[]> producer) {
    var interrupted = Thread.interrupted();
    producer.close(CLOSE_AT_MOST);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
