package dev.muster.client.runtime;

import dev.muster.client.Answer;
import dev.muster.client.Claim;
import dev.muster.client.Message;
import dev.muster.client.MusterClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/// Sends what an agent says while it works: in batches, in order, each until it is taken.
///
/// A batch goes out when its first line is old enough or when it is large enough. Numbers are given
/// when a line is taken in, so a batch that was sent twice is the same batch. Lines that come while
/// too many wait are left out, and their number is said instead: the agent never waits.
final class MessageStream {
  private static final Logger log = LoggerFactory.getLogger(MessageStream.class);
  static final int BATCH_CHARACTERS = 64 * 1024;
  private static final int WAITING_MAX_CHARACTERS = 16 * BATCH_CHARACTERS;

  /// What a line costs beside its text, so that empty ones are bounded too.
  private static final int LINE_COST = 64;

  private static final Duration FLUSH_AT_MOST = Duration.ofSeconds(10);

  private final MusterClient client;
  private final Claim claim;
  private final RuntimeOptions.Pace pace;
  private final Runnable fenced;
  private final Thread sender;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  // The following belong to the lock.
  private final List<Message> waiting = new ArrayList<>();
  private int waitingCharacters;
  private long seq;
  private long leftOut;
  private boolean closed;

  private MessageStream(
      MusterClient client, Claim claim, RuntimeOptions.Pace pace, Runnable fenced) {
    this.client = client;
    this.claim = claim;
    this.pace = pace;
    this.fenced = fenced;
    this.sender = Thread.ofVirtual().name("muster-messages").unstarted(this::work);
  }

  /// @param fenced is told when the server says that the claim is over
  static MessageStream start(
      MusterClient client, Claim claim, RuntimeOptions.Pace pace, Runnable fenced) {
    var stream = new MessageStream(client, claim, pace, fenced);
    stream.sender.start();
    return stream;
  }

  void add(String type, String line) {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      if (waitingCharacters >= WAITING_MAX_CHARACTERS) {
        leftOut++;
        return;
      }
      if (leftOut > 0) {
        put("text", "[" + leftOut + " lines left out]");
        leftOut = 0;
      }
      put(type, line);
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  private void put(String type, String content) {
    waiting.add(new Message(++seq, type, content));
    waitingCharacters += content.length() + LINE_COST;
  }

  private void work() {
    try {
      for (var batch = next(); !batch.isEmpty(); batch = next()) {
        var sent = batch;
        var isGoingOn =
            switch (pace.retry().untilAnswered(() -> client.messages(claim, sent))) {
              case Answer.Accepted<JsonNode> _ -> true;
              case Answer.Late<JsonNode> _ -> false;
              case Answer.Fenced<JsonNode> _ -> {
                fenced.run();
                yield false;
              }
              case Answer.Refused<JsonNode> refused -> isGoingOn(refused);
            };
        if (!isGoingOn) {
          break;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      stopTaking();
    }
  }

  /// A server that does not know the route keeps no messages; another refusal is about the batch.
  private boolean isGoingOn(Answer.Refused<JsonNode> refused) {
    if (!refused.isNotFound()) {
      log.atWarn()
          .addKeyValue("task", claim.task())
          .addKeyValue("status", refused.status())
          .log("Messages were refused: {}", refused.sentence());
    }
    return !refused.isNotFound();
  }

  /// The next batch, as soon as it is due; an empty one at the end.
  private List<Message> next() throws InterruptedException {
    lock.lock();
    try {
      while (waiting.isEmpty() && !closed) {
        changed.await();
      }
      var nanos = pace.batch().toNanos();
      while (!closed && !isFull() && nanos > 0) {
        nanos = changed.awaitNanos(nanos);
      }
      if (leftOut > 0 && closed) {
        put("text", "[" + leftOut + " lines left out]");
        leftOut = 0;
      }
      return take();
    } finally {
      lock.unlock();
    }
  }

  private boolean isFull() {
    return waitingCharacters >= BATCH_CHARACTERS || waiting.size() >= Message.CALL_MAX;
  }

  private List<Message> take() {
    var count = 0;
    for (var characters = 0;
        count < waiting.size() && count < Message.CALL_MAX && characters < BATCH_CHARACTERS;
        count++) {
      characters += waiting.get(count).content().length() + LINE_COST;
    }
    var batch = List.copyOf(waiting.subList(0, count));
    waiting.subList(0, count).clear();
    batch.forEach(message -> waitingCharacters -= message.content().length() + LINE_COST);
    return batch;
  }

  private void stopTaking() {
    lock.lock();
    try {
      closed = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /// Takes no more and sends what waits, unless that takes too long: the final report matters more.
  void flush() throws InterruptedException {
    stopTaking();
    if (!sender.join(FLUSH_AT_MOST)) {
      sender.interrupt();
    }
  }

  /// Sends nothing more.
  void stop() {
    stopTaking();
    sender.interrupt();
  }
}
