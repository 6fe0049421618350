package dev.muster.client.runtime;

import dev.muster.client.Beat;
import dev.muster.client.Claim;
import dev.muster.client.ClaimedTask;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The runs of this process, each from its claim to the server's word about its report, and no more
/// of them than there are slots.
final class Runs {
  private static final Logger log = LoggerFactory.getLogger(Runs.class);

  private final Crew crew;
  private final Semaphore free;
  private final Map<Claim, Running> running = new ConcurrentHashMap<>();

  private record Running(TaskRun run, Thread thread) {}

  Runs(Crew crew) {
    this.crew = crew;
    this.free = new Semaphore(crew.options().identity().slots());
  }

  /// Takes a slot if one is free in time.
  boolean takeSlot(Duration atMost) throws InterruptedException {
    return free.tryAcquire(atMost.toMillis(), TimeUnit.MILLISECONDS);
  }

  /// Gives back a slot that was taken for nothing.
  void freeSlot() {
    free.release();
  }

  /// Starts a run on a slot that was taken. The same claim, handed out again, is running already.
  void start(ClaimedTask task) {
    var run = new TaskRun(crew, task);
    var thread =
        Thread.ofVirtual().name("muster-task-" + task.claim().task()).unstarted(() -> run(run));
    if (running.putIfAbsent(task.claim(), new Running(run, thread)) != null) {
      freeSlot();
      return;
    }
    thread.start();
  }

  private void run(TaskRun run) {
    try {
      run.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      log.atError().addKeyValue("task", run.claim().task()).setCause(e).log("A run broke off");
    } finally {
      running.remove(run.claim());
      free.release();
    }
  }

  /// What a heartbeat names.
  List<Claim> claims() {
    return List.copyOf(running.keySet());
  }

  boolean isRunning(String task) {
    return running.keySet().stream().anyMatch(claim -> claim.task().equals(task));
  }

  /// Does what the answer to a heartbeat asks for.
  ///
  /// @param named what that heartbeat named: the answer about a task means the claim that was named
  void obey(Beat beat, List<Claim> named) {
    named.forEach(claim -> {
      var known = running.get(claim);
      var action = beat.actions().get(claim.task());
      if (known != null && action != null) {
        obey(action, known.run());
      }
    });
    cancel(beat.cancel());
  }

  private static void obey(Beat.Action action, TaskRun run) {
    switch (action) {
      case KEEP -> {}
      case CANCEL -> run.end(Ending.CANCELLED);
      case UNKNOWN -> run.end(Ending.LOST);
      case REPORT_AGAIN -> {
        // A final report is being sent until it is taken anyway.
        if (!run.isOver()) {
          run.startAgain();
        }
      }
    }
  }

  void cancel(List<String> tasks) {
    running.forEach((claim, known) -> {
      if (tasks.contains(claim.task())) {
        known.run().end(Ending.CANCELLED);
      }
    });
  }

  void endAll(Ending why) {
    running.values().forEach(known -> known.run().end(why));
  }

  /// Waits until every slot is free.
  boolean awaitIdle(Duration atMost) throws InterruptedException {
    var slots = crew.options().identity().slots();
    if (!free.tryAcquire(slots, atMost.toNanos(), TimeUnit.NANOSECONDS)) {
      return false;
    }
    free.release(slots);
    return true;
  }

  /// Breaks off what does not end: reports stay on the disk.
  void breakOff() {
    running.values().forEach(known -> known.thread().interrupt());
  }
}
