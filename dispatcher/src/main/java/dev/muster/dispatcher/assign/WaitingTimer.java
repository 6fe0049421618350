package dev.muster.dispatcher.assign;

import dev.muster.events.feed.Loop;
import java.time.Duration;
import org.springframework.stereotype.Component;

/// Looks at every workspace in which tasks wait, whatever Kafka says.
@Component
class WaitingTimer extends Loop {
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  private final Assigner assigner;
  private final AssignStore store;

  WaitingTimer(Assigner assigner, AssignStore store) {
    super("muster-waiting-timer");
    this.assigner = assigner;
    this.store = store;
  }

  @Override
  protected void step() throws InterruptedException {
    store.waitingWorkspaces().forEach(assigner::look);
    Thread.sleep(INTERVAL);
  }
}
