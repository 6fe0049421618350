package dev.muster.events.kafka;

import static dev.muster.events.kafka.Rule.musters;
import static dev.muster.events.kafka.Rule.nobodys;
import static dev.muster.events.kafka.Rule.users;
import static org.apache.kafka.clients.consumer.ConsumerConfig.AUTO_OFFSET_RESET_CONFIG;
import static org.apache.kafka.clients.consumer.ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG;
import static org.apache.kafka.clients.consumer.ConsumerConfig.FETCH_MAX_BYTES_CONFIG;
import static org.apache.kafka.clients.consumer.ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG;
import static org.apache.kafka.clients.consumer.ConsumerConfig.GROUP_ID_CONFIG;
import static org.apache.kafka.clients.consumer.ConsumerConfig.GROUP_INSTANCE_ID_CONFIG;
import static org.apache.kafka.clients.consumer.ConsumerConfig.GROUP_PROTOCOL_CONFIG;
import static org.apache.kafka.clients.consumer.ConsumerConfig.ISOLATION_LEVEL_CONFIG;
import static org.apache.kafka.clients.consumer.ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG;
import static org.apache.kafka.clients.consumer.ConsumerConfig.MAX_POLL_RECORDS_CONFIG;
import static org.apache.kafka.clients.consumer.ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG;
import static org.apache.kafka.clients.producer.ProducerConfig.ACKS_CONFIG;
import static org.apache.kafka.clients.producer.ProducerConfig.BATCH_SIZE_CONFIG;
import static org.apache.kafka.clients.producer.ProducerConfig.BUFFER_MEMORY_CONFIG;
import static org.apache.kafka.clients.producer.ProducerConfig.COMPRESSION_TYPE_CONFIG;
import static org.apache.kafka.clients.producer.ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG;
import static org.apache.kafka.clients.producer.ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG;
import static org.apache.kafka.clients.producer.ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG;
import static org.apache.kafka.clients.producer.ProducerConfig.LINGER_MS_CONFIG;
import static org.apache.kafka.clients.producer.ProducerConfig.MAX_BLOCK_MS_CONFIG;
import static org.apache.kafka.clients.producer.ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION;
import static org.apache.kafka.clients.producer.ProducerConfig.MAX_REQUEST_SIZE_CONFIG;
import static org.apache.kafka.clients.producer.ProducerConfig.METADATA_MAX_IDLE_CONFIG;
import static org.apache.kafka.clients.producer.ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG;
import static org.apache.kafka.clients.producer.ProducerConfig.RETRIES_CONFIG;
import static org.apache.kafka.clients.producer.ProducerConfig.RETRY_BACKOFF_MS_CONFIG;
import static org.apache.kafka.clients.producer.ProducerConfig.TRANSACTIONAL_ID_CONFIG;
import static org.apache.kafka.clients.producer.ProducerConfig.TRANSACTION_TIMEOUT_CONFIG;
import static org.apache.kafka.clients.producer.ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// What Muster uses Kafka's clients for, and the settings that it has an opinion of. All others are
/// the user's. `docs/deploy.md` has the same as a table, with the reasons.
public enum FeedClient {
  /// The writers of the events and of the table of tasks.
  WRITER(
      lossless(
          List.of(
              musters(TRANSACTIONAL_ID_CONFIG, "<prefix>-publisher-…"),
              // A transaction of a writer that died without a successor holds readers up for it.
              users(TRANSACTION_TIMEOUT_CONFIG, 30_000),
              users(LINGER_MS_CONFIG, 0),
              users(BATCH_SIZE_CONFIG, 128 * 1024),
              users(MAX_BLOCK_MS_CONFIG, 15_000),
              users(REQUEST_TIMEOUT_MS_CONFIG, 5_000),
              users(
                  DELIVERY_TIMEOUT_MS_CONFIG, 20_000, LINGER_MS_CONFIG, REQUEST_TIMEOUT_MS_CONFIG),
              users(RETRY_BACKOFF_MS_CONFIG, 10),
              users(COMPRESSION_TYPE_CONFIG, "lz4")))),

  /// The writer of dead letters.
  DEAD_LETTERS(
      lossless(
          List.of(
              nobodys(TRANSACTIONAL_ID_CONFIG),
              users(MAX_BLOCK_MS_CONFIG, 2_000),
              users(REQUEST_TIMEOUT_MS_CONFIG, 5_000),
              users(
                  DELIVERY_TIMEOUT_MS_CONFIG, 15_000, LINGER_MS_CONFIG, REQUEST_TIMEOUT_MS_CONFIG),
              users(COMPRESSION_TYPE_CONFIG, "lz4")))),

  /// The writer of what running tasks say. Nothing is promised of it.
  OUTPUT(
      List.of(
          musters(KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class),
          musters(VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class),
          nobodys(TRANSACTIONAL_ID_CONFIG),
          // No request waits for it.
          musters(MAX_BLOCK_MS_CONFIG, 10),
          users(ENABLE_IDEMPOTENCE_CONFIG, false),
          users(ACKS_CONFIG, "1", ENABLE_IDEMPOTENCE_CONFIG),
          users(LINGER_MS_CONFIG, 5),
          users(BUFFER_MEMORY_CONFIG, 4 * 1024 * 1024),
          users(REQUEST_TIMEOUT_MS_CONFIG, 5_000),
          users(DELIVERY_TIMEOUT_MS_CONFIG, 10_000, LINGER_MS_CONFIG, REQUEST_TIMEOUT_MS_CONFIG),
          // The partitions are not forgotten while nothing is said.
          users(METADATA_MAX_IDLE_CONFIG, Duration.ofDays(1).toMillis()))),

  /// Reads what the topics end with, before somebody writes there.
  TAKEOVER(
      reader(
          List.of(
              nobodys(GROUP_ID_CONFIG),
              nobodys(GROUP_INSTANCE_ID_CONFIG),
              users(MAX_POLL_RECORDS_CONFIG, 32),
              users(FETCH_MAX_BYTES_CONFIG, Limits.RECORD_BYTES_MAX),
              // It reads one partition after another, and waits for nothing that is not there yet.
              musters(FETCH_MAX_WAIT_MS_CONFIG, 5)))),

  /// An api's readers of whole topics.
  READER(
      reader(
          List.of(
              nobodys(GROUP_ID_CONFIG),
              nobodys(GROUP_INSTANCE_ID_CONFIG),
              // For a place that is no longer there: what is left after it has not been seen.
              musters(AUTO_OFFSET_RESET_CONFIG, "earliest"),
              // What is in memory at a time: as many of the largest records, and what was fetched.
              users(MAX_POLL_RECORDS_CONFIG, 32),
              users(FETCH_MAX_BYTES_CONFIG, Limits.RECORD_BYTES_MAX),
              // A fetch is answered when there are records; without any, it need not come so soon.
              users(FETCH_MAX_WAIT_MS_CONFIG, 5_000, REQUEST_TIMEOUT_MS_CONFIG)))),

  /// The dispatchers' consumer.
  DISPATCHER(
      reader(
          List.of(
              musters(GROUP_ID_CONFIG, "<prefix>-dispatcher"),
              users(GROUP_PROTOCOL_CONFIG, "consumer"),
              users(AUTO_OFFSET_RESET_CONFIG, "latest"),
              users(MAX_POLL_RECORDS_CONFIG, 100),
              users(FETCH_MAX_BYTES_CONFIG, Limits.RECORD_BYTES_MAX),
              users(FETCH_MAX_WAIT_MS_CONFIG, 5_000, REQUEST_TIMEOUT_MS_CONFIG)))),

  /// The writer of `./muster redrive` and `rebuild-feed`.
  TOOL_WRITER(lossless(List.of(nobodys(TRANSACTIONAL_ID_CONFIG)))),

  /// The reader of `./muster verify-feed` and `redrive`.
  TOOL_READER(
      reader(
          List.of(
              nobodys(GROUP_ID_CONFIG),
              nobodys(GROUP_INSTANCE_ID_CONFIG),
              users(MAX_POLL_RECORDS_CONFIG, 16),
              users(FETCH_MAX_BYTES_CONFIG, Limits.RECORD_BYTES_MAX))));

  // The lists are copies.
  @SuppressWarnings("ImmutableEnumChecker")
  private final List<Rule> rules;

  FeedClient(List<Rule> rules) {
    this.rules = rules;
  }

  public List<Rule> rules() {
    return rules;
  }

  /// A producer that repeats a send until Kafka has the record for good, once and in its place.
  private static List<Rule> lossless(List<Rule> more) {
    var rules = new ArrayList<Rule>();
    rules.add(musters(KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class));
    rules.add(musters(VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class));
    rules.add(musters(ACKS_CONFIG, "all"));
    rules.add(musters(ENABLE_IDEMPOTENCE_CONFIG, true));
    rules.add(musters(RETRIES_CONFIG, Integer.MAX_VALUE));
    // While the broker still finishes the transaction before, it refuses a first request; a second
    // one on its way would be refused for its number. And a new partition takes whatever number a
    // producer's first batch has: were its leader not there yet for a first request and there for a
    // second on its way, the first would be refused for good.
    rules.add(musters(MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1));
    rules.add(musters(MAX_REQUEST_SIZE_CONFIG, Limits.RECORD_BYTES_MAX));
    rules.addAll(more);
    return List.copyOf(rules);
  }

  /// A consumer that sees what was committed, and keeps its place itself.
  private static List<Rule> reader(List<Rule> more) {
    var rules = new ArrayList<Rule>();
    rules.add(musters(KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class));
    rules.add(musters(VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class));
    rules.add(musters(ISOLATION_LEVEL_CONFIG, "read_committed"));
    rules.add(musters(ENABLE_AUTO_COMMIT_CONFIG, false));
    rules.addAll(more);
    return List.copyOf(rules);
  }

  /// What the clients are to bear.
  public static final class Limits {
    /// The largest record. The limits on what clients may send keep every event below it, each
    /// character written as an escape of six bytes.
    public static final int RECORD_BYTES_MAX = 8 * 1024 * 1024;

    private Limits() {}
  }
}
