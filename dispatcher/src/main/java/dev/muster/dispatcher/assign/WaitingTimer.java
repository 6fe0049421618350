package dev.muster.dispatcher.assign;

import dev.muster.events.feed.Loop;
import dev.muster.tasks.store.Assignments;
import java.time.Duration;
import org.springframework.stereotype.Component;

/// Looks at every workspace in which tasks wait, whatever Kafka says.
@Component
class WaitingTimer extends Loop {
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  private final Assigner assigner;
  private final Assignments assignments;

  WaitingTimer(Assigner assigner, Assignments assignments) {
    super("muster-waiting-timer");
    this.assigner = assigner;
    this.assignments = assignments;
  }

  @Override
  protected void step() throws InterruptedException {
    assignments.waitingWorkspaces().forEach(assigner::look);
    Thread.sleep(INTERVAL);
  }
}
