package dev.muster.api.server;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.stereotype.Component;

/// What the web server is short of, as gauges.
@Component
final class ServerMetrics implements MeterBinder {
  private final ConnectionGuard connections;
  private final Headroom headroom;

  ServerMetrics(ConnectionGuard connections, Headroom headroom) {
    this.connections = connections;
    this.headroom = headroom;
  }

  @Override
  public void bindTo(MeterRegistry meters) {
    Gauge.builder("muster.connections", connections, ConnectionGuard::count)
        .description("Connections that are open")
        .register(meters);
    Gauge.builder("muster.connections.max", connections, ConnectionGuard::max)
        .description("Connections that there may be")
        .register(meters);
    Gauge.builder("muster.no.room", headroom, room -> room.shortage().isPresent() ? 1 : 0)
        .description("Whether no more work is taken, since disk or files are nearly used up")
        .register(meters);
  }
}
