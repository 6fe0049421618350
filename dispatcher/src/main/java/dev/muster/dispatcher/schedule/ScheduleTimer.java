package dev.muster.dispatcher.schedule;

import dev.muster.events.feed.Loop;
import dev.muster.tasks.schedule.Schedules;
import java.time.Duration;
import org.springframework.stereotype.Component;

/// Looks every second whether schedules are due by the database's clock, and fires those that are.
@Component
class ScheduleTimer extends Loop {
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  private final Schedules schedules;

  ScheduleTimer(Schedules schedules) {
    super("muster-schedules");
    this.schedules = schedules;
  }

  @Override
  protected void step() throws InterruptedException {
    Thread.sleep(INTERVAL);
    var now = schedules.clockIfDue();
    while (now.isPresent() && schedules.fireDue(now.get()) > 0) {
      now = schedules.clockIfDue();
    }
  }
}
