package dev.muster.api.task;

import dev.muster.events.id.TaskId;
import dev.muster.tasks.store.RunPolls;
import dev.muster.tasks.store.RunPolls.Poll;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/// Collects the runs whose status daemons ask for, and notes them together every 5 s: one statement
/// for all of this instance.
///
/// If the process dies, the polls of 5 s are lost. A daemon that runs its task asks again long
/// before that matters.
@Component
class StatusPolls {
  private static final Logger log = LoggerFactory.getLogger(StatusPolls.class);

  private final RunPolls polls;
  private final Set<Poll> asked = ConcurrentHashMap.newKeySet();

  StatusPolls(RunPolls polls) {
    this.polls = polls;
  }

  void note(TaskId task, long generation) {
    asked.add(new Poll(task, generation));
  }

  @Scheduled(fixedDelayString = "PT5S")
  void write() {
    var taken = List.copyOf(asked);
    if (taken.isEmpty()) {
      return;
    }
    taken.forEach(asked::remove);
    try {
      polls.polled(taken);
    } catch (RuntimeException e) {
      asked.addAll(taken);
      log.atWarn()
          .addKeyValue("polls", taken.size())
          .setCause(e)
          .log("Polls of tasks' statuses wait for the database");
    }
  }
}
