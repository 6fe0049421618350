package dev.muster.api.metrics;

import dev.muster.api.feed.FeedListener;
import dev.muster.events.Event;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import org.springframework.stereotype.Component;

/// Counts what happens, by event type. Every api sees the whole feed, so each counts all of it.
@Component
class EventCounters implements FeedListener {
  private final MeterRegistry registry;

  EventCounters(MeterRegistry registry) {
    this.registry = registry;
  }

  @Override
  public void onEvents(List<Event> events) {
    events.forEach(event -> registry.counter("muster.events", "type", event.name()).increment());
  }
}
