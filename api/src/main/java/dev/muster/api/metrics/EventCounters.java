package dev.muster.api.metrics;

import dev.muster.api.feed.FeedEvent;
import dev.muster.api.feed.FeedListener;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.stereotype.Component;

/// Counts what happens, by event type. Every api sees the whole feed, so each counts all of it.
@Component
class EventCounters implements FeedListener {
  private final MeterRegistry registry;

  EventCounters(MeterRegistry registry) {
    this.registry = registry;
  }

  @Override
  public String name() {
    return "EventCounters";
  }

  @Override
  public void onEvent(FeedEvent event) {
    registry.counter("muster.events", "type", event.type().wire()).increment();
  }
}
