package dev.muster.standalone.feed;

import dev.muster.events.FeedNames;
import dev.muster.events.feed.FeedLog;
import dev.muster.events.feed.FeedRecords;
import dev.muster.events.kafka.FeedClient;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.TopicExistsException;

/// Writes a part of the log to a topic of the user's, each event as it is in the feed: under the
/// same key, with the same id and headers, in the same order.
final class RebuildFeed {
  private static final int BATCH = 1_000;
  private static final int BATCH_BYTES = 4 * 1024 * 1024;
  private static final int PARTITIONS = 12;
  private static final String RECORD_BYTES_MAX =
      Integer.toString(FeedClient.Limits.RECORD_BYTES_MAX);

  private final FeedConnections connections;

  RebuildFeed(FeedConnections connections) {
    this.connections = connections;
  }

  /// A part of the log, by its `log_id`, both ends included.
  record Range(long from, long to) {}

  static String topic(Optional<String> option) {
    return option.orElseThrow(
        () -> new CannotRun("rebuild-feed needs --topic, the topic to write to."));
  }

  static String requireNotOurs(String topic, FeedNames names) {
    if (names.isOurs(topic)) {
      throw new CannotRun(
          "rebuild-feed does not write to %s: the topics %s.* are the publisher's."
              .formatted(topic, names.prefix()));
    }
    return topic;
  }

  /// Writes the range, and returns how many events it was.
  long write(Range range, String topic) {
    var partitions = partitions(topic);
    var snapshot = connections.snapshot();
    try (var producer =
        new KafkaProducer<byte[], byte[]>(
            connections.kafka().producer(FeedClient.TOOL_WRITER, "tool"))) {
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
    try (var admin = Admin.create(connections.kafka().admin())) {
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
