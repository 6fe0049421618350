package dev.muster.api.feed;

import dev.muster.events.EventCodec;
import dev.muster.events.feed.PoisonRecords;
import dev.muster.events.kafka.KafkaClients;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.context.annotation.DependsOn;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/// Reads the feed, all workspaces of it, for the listeners of this instance.
@Component
@DependsOn("topicSetup")
final class FeedReader extends TopicReader<FeedEvent> {
  private final List<FeedListener> listeners;
  private final JsonMapper json;

  FeedReader(
      List<FeedListener> listeners,
      JsonMapper json,
      KafkaClients clients,
      MeterRegistry meters,
      PoisonRecords poisonRecords) {
    super("muster-feed-reader", clients.names().events(), clients, meters, poisonRecords);
    this.listeners = List.copyOf(listeners);
    this.json = json;
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
  }
}
