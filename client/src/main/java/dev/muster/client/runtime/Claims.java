package dev.muster.client.runtime;

import dev.muster.client.Answer;
import dev.muster.client.ClaimedTask;
import dev.muster.client.MusterClient;
import dev.muster.client.MusterClient.ClaimRequest;
import dev.muster.client.MusterClient.Claimed;
import dev.muster.client.Retry;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/// Asks for work whenever a slot is free.
///
/// Each claim has a key, which stays the same until the claim was answered: a task whose hand-out
/// was lost on the way is handed out again under it.
final class Claims implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(Claims.class);

  /// A server that parks no claim is not asked more often.
  private static final Duration BETWEEN = Duration.ofSeconds(1);

  /// How long the stop may go unnoticed while all slots are taken.
  private static final Duration LOOK_UP = Duration.ofMillis(250);

  private final RuntimeOptions.Pace pace;
  private final MusterClient client;
  private final Presence presence;
  private final Runs runs;
  private final DiskRoom room;
  private final Consumer<String> lost;
  private volatile boolean stopping;
  private String shortage = "";

  /// @param lost is told in a sentence why this runtime must not go on
  Claims(
      RuntimeOptions.Pace pace,
      MusterClient client,
      Presence presence,
      Runs runs,
      DiskRoom room,
      Consumer<String> lost) {
    this.pace = pace;
    this.client = client;
    this.presence = presence;
    this.runs = runs;
    this.room = room;
    this.lost = lost;
  }

  /// No further claim is made. The one that is under way may still bring a task, which is given
  /// back.
  void stop() {
    stopping = true;
  }

  @Override
  public void run() {
    try {
      while (!stopping) {
        if (isShort() || !runs.takeSlot(LOOK_UP)) {
          continue;
        }
        var isUsed = false;
        try {
          isUsed = claim();
        } finally {
          if (!isUsed) {
            runs.freeSlot();
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Whether there is no room for another task just now; then a while has passed too.
  private boolean isShort() throws InterruptedException {
    var now = room.shortage();
    if (!now.equals(shortage)) {
      shortage = now;
      log.atWarn().log(now.isEmpty() ? "Tasks are taken again" : "No more tasks are taken: " + now);
    }
    if (!now.isEmpty()) {
      Thread.sleep(LOOK_UP);
    }
    return !now.isEmpty();
  }

  /// Claims once, until the server has answered. Returns whether the slot is used now.
  private boolean claim() throws InterruptedException {
    var key = UUID.randomUUID().toString();
    for (var failures = 0; !stopping; ) {
      var began = System.nanoTime();
      var request = new ClaimRequest(presence.runtime(), presence.process(), key, pace.claim());
      switch (client.claim(request)) {
        case Answer.Accepted<Claimed>(var claimed) -> {
          runs.cancel(claimed.cancel());
          if (claimed.task().isPresent()) {
            return take(claimed.task().get());
          }
          pauseUnless(System.nanoTime() - began);
          return false;
        }
        case Answer.NoAnswer<Claimed>(var reason, var retryAfter) -> {
          log.atWarn().log("A claim got no answer: {}", reason);
          Thread.sleep(retry().pause(++failures, retryAfter));
        }
        case Answer.Refused<Claimed> refused when refused.isSuperseded() -> {
          stopping = true;
          lost.accept(Heartbeats.SUPERSEDED);
        }
        case Answer.Refused<Claimed>(var status, _, var sentence) -> {
          log.atWarn().addKeyValue("status", status).log("A claim was refused: {}", sentence);
          Thread.sleep(BETWEEN.plus(retry().pause(++failures, Duration.ZERO)));
          key = UUID.randomUUID().toString();
        }
        case Answer.Late<Claimed> _, Answer.Fenced<Claimed> _ ->
            throw new IllegalStateException("a claim was answered as a report is");
      }
    }
    return false;
  }

  private boolean take(ClaimedTask task) throws InterruptedException {
    if (!stopping) {
      runs.start(task);
      return true;
    }
    Answer.Final<JsonNode> _ = retry().untilAnswered(() -> client.release(task.claim()));
    return false;
  }

  private void pauseUnless(long nanos) throws InterruptedException {
    var left = Math.min(BETWEEN.toNanos(), pace.claim().toNanos()) - nanos;
    if (left > 0) {
      Thread.sleep(Duration.ofNanos(left));
    }
  }

  private Retry retry() {
    return pace.retry();
  }
}
