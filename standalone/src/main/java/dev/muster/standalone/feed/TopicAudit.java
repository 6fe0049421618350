package dev.muster.standalone.feed;

import dev.muster.events.Event;
import dev.muster.events.EventCodec;
import dev.muster.standalone.feed.Findings.Promise;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/// Compares what the topic of events has with what Postgres has.
final class TopicAudit {
  private final LogAudit log;
  private final String topic;
  private final Findings findings;
  // The last position of each workspace.
  private final Map<UUID, Long> positions = new HashMap<>();
  private final Map<UUID, Integer> partitions = new HashMap<>();
  private long records;
  private long past;
  private long behind;
  private long missing;

  TopicAudit(LogAudit log, String topic, Findings findings) {
    this.log = log;
    this.topic = topic;
    this.findings = findings;
    this.behind = log.histories().size();
  }

  void run(TopicScan scan) {
    scan.read(topic, this::event, () -> behind == 0);
    findings.count("records in " + topic, records);
    findings.count("of them of past epochs", past);
    log.histories().forEach(this::checkEnd);
    if (missing > 0) {
      findings.unchecked(
          "%d events that %s does not have yet: the publisher is behind, or stopped"
              .formatted(missing, topic));
    }
  }

  private void event(ConsumerRecord<byte[], byte[]> record) {
    records++;
    var read = TopicScan.event(record);
    if (read.isEmpty()) {
      findings.violation(Promise.TOPIC, "%s holds no event".formatted(place(record)));
      return;
    }
    var epoch = TopicScan.epoch(record, log.epochs());
    if (log.epochs().past().contains(epoch)) {
      past++;
      return;
    }
    if (!epoch.equals(log.epochs().now())) {
      findings.violation(
          Promise.TOPIC,
          "%s is of the epoch %s, which this database never had".formatted(place(record), epoch));
      return;
    }
    var event = read.get();
    var workspace = event.workspace().value();
    var before = positions.getOrDefault(workspace, 0L);
    if (event.position() <= before) {
      findings.violation(
          Promise.TOPIC,
          "%s holds position %d of workspace %s behind position %d"
              .formatted(place(record), event.position(), workspace, before));
    } else if (event.position() > before + 1) {
      findings.violation(
          Promise.TOPIC,
          "%s holds position %d of workspace %s, and %d is missing before it"
              .formatted(place(record), event.position(), workspace, before + 1));
    }
    checkContent(record, event);
    var partition = partitions.computeIfAbsent(workspace, _ -> record.partition());
    if (partition != record.partition()) {
      findings.violation(
          Promise.TOPIC,
          "%s holds workspace %s, which is in partition %d too"
              .formatted(place(record), workspace, partition));
    }
    positions.put(workspace, Math.max(before, event.position()));
    if (event.position() > before) {
      countBehind(workspace, before, event.position());
    }
  }

  private void countBehind(UUID workspace, long before, long after) {
    var history = log.histories().get(workspace);
    if (history != null && before < history.head() && after >= history.head()) {
      behind--;
    }
  }

  /// What came after Postgres was read cannot be compared, and is left to the next check.
  private void checkContent(ConsumerRecord<byte[], byte[]> record, Event event) {
    var history = log.histories().get(event.workspace().value());
    if (history != null && history.reaches(event.position()) && !history.holds(event)) {
      findings.violation(
          Promise.TOPIC,
          "%s holds another event at position %d of workspace %s than event_log"
              .formatted(place(record), event.position(), event.workspace()));
    }
    if (!Arrays.equals(record.key(), EventCodec.key(event))) {
      findings.violation(
          Promise.TOPIC, "%s has another key than its workspace".formatted(place(record)));
    }
  }

  /// What Postgres does not say that Kafka has may still be on its way.
  private void checkEnd(UUID workspace, History history) {
    var last = positions.getOrDefault(workspace, 0L);
    if (last < history.published()) {
      findings.violation(
          Promise.TOPIC,
          "%s ends with position %d of workspace %s, and event_log with %d"
              .formatted(topic, last, workspace, history.head()));
    } else if (last < history.head()) {
      missing += history.head() - last;
    }
  }

  static String place(ConsumerRecord<byte[], byte[]> record) {
    return "%s-%d offset %d".formatted(record.topic(), record.partition(), record.offset());
  }
}
