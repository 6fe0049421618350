package dev.muster.api.feed;

import dev.muster.events.Event;
import dev.muster.events.EventCodec;
import dev.muster.events.EventType;
import dev.muster.events.feed.FeedLog;
import dev.muster.events.feed.FeedRecords;
import dev.muster.events.feed.PoisonRecords;
import dev.muster.events.kafka.KafkaClients;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.DependsOn;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/// Reads the feed, all workspaces of it, for the listeners of this instance.
@Component
@DependsOn("topicSetup")
final class FeedReader extends TopicReader<FeedEvent> {
  private static final Logger log = LoggerFactory.getLogger(FeedReader.class);
  private static final int PAGE_EVENTS = 500;
  private static final int PAGE_BYTES = 1024 * 1024;

  private final List<FeedListener> listeners;
  private final FeedLog feedLog;
  private final JsonMapper json;
  // Owned by the loop's thread: the event of each partition that was handed over last.
  private final Map<Integer, Event> delivered = new HashMap<>();
  // The log's end before this instance heard of anything.
  private long begin;

  FeedReader(
      List<FeedListener> listeners,
      FeedLog feedLog,
      JsonMapper json,
      KafkaClients clients,
      MeterRegistry meters,
      PoisonRecords poisonRecords) {
    super("muster-feed-reader", clients.names().events(), clients, meters, poisonRecords);
    this.listeners = List.copyOf(listeners);
    this.feedLog = feedLog;
    this.json = json;
  }

  @Override
  public void afterPropertiesSet() {
    begin = feedLog.head();
    super.afterPropertiesSet();
  }

  @Override
  protected Optional<FeedEvent> decode(ConsumerRecord<byte[], byte[]> record) {
    return EventCodec.decode(headers(record), record.value())
        .map(event -> FeedEvent.read(event, json));
  }

  @Override
  protected void deliver(List<Read<FeedEvent>> batch) {
    for (var listener : listeners) {
      tell(listener.name(), listener.takesRedriven(), batch, listener::onEvent);
    }
    for (var read : batch) {
      if (read.letter() == null) {
        delivered.put(read.record().partition(), read.value().event());
      }
    }
  }

  /// Reads the log in Postgres up to its end: some events come twice then.
  @Override
  protected void deliverMissed(int partition, int partitions) {
    var page = feedLog.afterLogId(deliveredUpTo(partition), PAGE_EVENTS, PAGE_BYTES);
    while (!page.isEmpty()) {
      for (var entry : page) {
        if (FeedRecords.partitionOf(entry.event(), partitions) == partition) {
          deliverMissed(entry.event());
        }
      }
      page = feedLog.afterLogId(page.getLast().logId(), PAGE_EVENTS, PAGE_BYTES);
    }
  }

  private long deliveredUpTo(int partition) {
    var last = delivered.get(partition);
    return last == null
        ? begin
        : feedLog
            .at(last.workspace(), last.position())
            .map(FeedLog.Entry::logId)
            .orElseGet(feedLog::dropped);
  }

  private void deliverMissed(Event event) {
    if (EventType.of(event.name()).isEmpty()) {
      return;
    }
    for (var listener : listeners) {
      try {
        listener.onEvent(FeedEvent.read(event, json));
      } catch (RuntimeException e) {
        log.atWarn()
            .setCause(e)
            .addKeyValue("listener", listener.name())
            .addKeyValue("workspace", event.workspace())
            .addKeyValue("position", event.position())
            .log("A listener could not take an event that Kafka could not give");
      }
    }
  }
}
