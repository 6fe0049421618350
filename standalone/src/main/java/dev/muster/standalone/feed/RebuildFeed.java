package dev.muster.standalone.feed;

import dev.muster.events.feed.FeedLog;
import dev.muster.events.feed.FeedRecords;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// Writes a part of the log to a topic of the user's, each event as it is in `muster.events`: under
/// the same key, with the same id and headers, in the same order.
final class RebuildFeed {
  private static final int BATCH = 1_000;
  private static final int BATCH_BYTES = 4 * 1024 * 1024;
  private static final int PARTITIONS = 12;
  private static final String RECORD_BYTES_MAX = "8388608";

  private final FeedConnections connections;

  RebuildFeed(FeedConnections connections) {
    this.connections = connections;
  }

  /// A part of the log, by its `log_id`, both ends included.
  record Range(long from, long to) {}

  static String topic(Optional<String> option) {
    var topic =
        option.orElseThrow(
            () -> new CannotRun("rebuild-feed needs --topic, the topic to write to."));
    if (topic.startsWith("muster.")) {
      throw new CannotRun(
          "rebuild-feed does not write to %s: the topics muster.* are the publisher's."
              .formatted(topic));
    }
    return topic;
  }

  /// Writes the range, and returns how many events it was.
  long write(Range range, String topic) {
    var partitions = partitions(topic);
    var snapshot = connections.snapshot();
    try (var producer = new KafkaProducer<byte[], byte[]>(settings())) {
      var feedLog = new FeedLog(FeedConnections.client(snapshot));
      var records = new FeedRecords(topic, partitions, feedLog.epoch());
      var written = 0L;
      var logId = Math.max(0, range.from - 1);
      while (true) {
        var part =
            feedLog.afterLogId(logId, BATCH, BATCH_BYTES).stream()
                .filter(entry -> entry.logId() <= range.to)
                .toList();
        if (part.isEmpty()) {
          return written;
        }
        send(producer, part, records);
        logId = part.getLast().logId();
        written += part.size();
      }
    } finally {
      snapshot.destroy();
    }
  }

  private static void send(
      Producer<byte[], byte[]> producer, List<FeedLog.Entry> part, FeedRecords records) {
    var sent = new ArrayList<Future<RecordMetadata>>(part.size());
    for (var entry : part) {
      sent.add(producer.send(records.of(entry.event(), Instant.now())));
    }
    producer.flush();
    sent.forEach(future -> get(future, records.topic()));
  }

  /// How many partitions the topic has; it is made if it does not exist.
  private int partitions(String topic) {
    try (var admin = Admin.create(connections.kafka().buildAdminProperties())) {
      var created =
          admin.createTopics(
              List.of(
                  new NewTopic(topic, Optional.of(PARTITIONS), Optional.empty())
                      .configs(Map.of("max.message.bytes", RECORD_BYTES_MAX))));
      try {
        created.all().get();
        // Not asked: a broker may not have heard yet of what was just made.
        return PARTITIONS;
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof TopicExistsException)) {
          throw refused(topic, e);
        }
      }
      return get(admin.describeTopics(List.of(topic)).allTopicNames(), topic)
          .values()
          .iterator()
          .next()
          .partitions()
          .size();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw refused(topic, e);
    }
  }

  private Map<String, Object> settings() {
    var settings = new HashMap<>(connections.kafka().buildProducerProperties());
    settings.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    settings.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    // A new partition takes whatever number a producer's first batch has. Were its leader not there
    // yet for a first request and there for a second on its way, the first would be refused for
    // good.
    settings.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
    settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, RECORD_BYTES_MAX);
    return settings;
  }

  private static <T> T get(Future<T> future, String topic) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw refused(topic, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw refused(topic, e);
    }
  }

  private static CannotRun refused(String topic, Exception e) {
    var reason = e.getCause() == null ? e : e.getCause();
    return new CannotRun("Kafka does not take %s (%s).".formatted(topic, reason.getMessage()), e);
  }
}
