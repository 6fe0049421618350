package dev.muster.api.feed;

import dev.muster.events.Event;
import dev.muster.events.EventCodec;
import dev.muster.events.Topics;
import dev.muster.events.feed.PoisonRecords;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.DependsOn;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/// Reads the feed, all workspaces of it, for the listeners of this instance.
@Component
@DependsOn("topicSetup")
final class FeedReader extends TopicReader<Event> {
  private final List<FeedListener> listeners;
  private final JsonMapper json;

  FeedReader(
      List<FeedListener> listeners,
      JsonMapper json,
      KafkaProperties kafka,
      MeterRegistry meters,
      PoisonRecords poisonRecords) {
    super("muster-feed-reader", Topics.EVENTS, kafka, meters, poisonRecords);
    this.listeners = List.copyOf(listeners);
    this.json = json;
  }

  @Override
  protected Optional<Event> decode(ConsumerRecord<byte[], byte[]> record) {
    var event = EventCodec.decode(headers(record), record.value());
    event.ifPresent(this::check);
    return event;
  }

  /// What listeners rely on: data is an object and a task's has the task's facts.
  private void check(Event event) {
    if (event.type().isTask()) {
      TaskFacts.of(event, json);
    } else if (!json.readTree(event.data()).isObject()) {
      throw new IllegalArgumentException("data is not an object");
    }
  }

  @Override
  protected void deliver(List<Read<Event>> batch) {
    for (var listener : listeners) {
      tell(listener, listener.takesRedriven(), batch, event -> listener.onEvents(List.of(event)));
    }
  }
}
