package dev.muster.api.daemon;

import dev.muster.events.feed.Loop;
import java.time.Duration;
import org.springframework.stereotype.Component;

/// Wakes those daemons of a workspace for which a task waits, after something has changed that may
/// let any of them begin. It keeps a pause between two looks, however much changes.
@Component
final class WorkFinder extends Loop {
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final WorkLookups lookups;
  private final DaemonConnections connections;

  WorkFinder(WorkLookups lookups, DaemonConnections connections) {
    super("muster-work-finder");
    this.lookups = lookups;
    this.connections = connections;
  }

  @Override
  protected void step() throws InterruptedException {
    var runtimes = connections.runtimesOf(lookups.take());
    if (!runtimes.isEmpty()) {
      lookups.withWork(runtimes).forEach(connections::wake);
      Thread.sleep(PAUSE);
    }
  }
}
