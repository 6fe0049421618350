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
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/// Sends what an agent says while it works: in batches, in order, each until it is taken.
///
/// A batch goes out when its first line is old enough or when it is large enough. Numbers are given
/// when a line is taken in, so a batch that was sent twice is the same batch. Where lines come
/// faster than the server takes them, whoever adds them waits, and so in the end the agent. It does
/// not wait for a server that takes nothing: then lines are left out, and their number is said
/// instead.
final class MessageStream {
  private static final Logger log = LoggerFactory.getLogger(MessageStream.class);
  private static final int WAITING_MAX_CHARACTERS = 16 * Message.CALL_CHARACTERS;

  /// How long a server may take nothing before lines are left out.
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /// How long a batch that is on its way is waited for at the end.
  private static final Duration ANSWER_AT_MOST = Duration.ofSeconds(5);

  private final MusterClient client;
  private final Claim claim;
  private final RuntimeOptions.Pace pace;
  private final Duration patience;
  private final Runnable fenced;
  private final Thread sender;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Condition room = lock.newCondition();
  // The following belong to the lock.
  private final List<Message> waiting = new ArrayList<>();

  /// The batch that was not answered yet.
  private List<Message> sending = List.of();

  private int waitingCharacters;

  /// When it became full, or was last made less full.
  private long fullSince;

  private long seq;
  private long leftOut;
  private boolean closed;

  private MessageStream(
      MusterClient client,
      Claim claim,
      RuntimeOptions.Pace pace,
      Duration patience,
      Runnable fenced) {
    this.patience = patience;
    this.client = client;
    this.claim = claim;
    this.pace = pace;
    this.fenced = fenced;
    this.sender = Thread.ofVirtual().name("muster-messages").unstarted(this::work);
  }

  /// @param fenced is told when the server says that the claim is over
  static MessageStream start(
      MusterClient client, Claim claim, RuntimeOptions.Pace pace, Runnable fenced) {
    return start(client, claim, pace, PATIENCE, fenced);
  }

  /// @param patience how long a server may take nothing before lines are left out
  static MessageStream start(
      MusterClient client,
      Claim claim,
      RuntimeOptions.Pace pace,
      Duration patience,
      Runnable fenced) {
    var stream = new MessageStream(client, claim, pace, patience, fenced);
    stream.sender.start();
    return stream;
  }

  /// @param isUnfinished whether the line goes on with the next of its type
  void add(String type, String line, boolean isUnfinished) {
    lock.lock();
    try {
      var hasRoom = awaitRoom();
      if (closed) {
        return;
      }
      if (!hasRoom) {
        leftOut++;
        return;
      }
      if (leftOut > 0) {
        put("text", "[" + leftOut + " lines left out]", false);
        leftOut = 0;
      }
      put(type, line, isUnfinished);
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /// Adds a line of the runtime's own, whether or not there is room.
  void addLast(String line) {
    lock.lock();
    try {
      if (!closed) {
        put("text", line, false);
      }
    } finally {
      lock.unlock();
    }
  }

  /// Waits as long as the server takes what was said before.
  private boolean awaitRoom() {
    try {
      while (!closed && isCrowded()) {
        var left = patience.toNanos() - (System.nanoTime() - fullSince);
        if (left <= 0) {
          return false;
        }
        var _ = room.awaitNanos(left);
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private boolean isCrowded() {
    return waitingCharacters >= WAITING_MAX_CHARACTERS;
  }

  private void put(String type, String content, boolean isUnfinished) {
    var message = new Message(++seq, type, content, isUnfinished);
    waiting.add(message);
    waitingCharacters += message.cost();
    if (isCrowded()) {
      fullSince = System.nanoTime();
    }
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
          forget();
          break;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      close();
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

  /// The next batch, as soon as it is due; an empty one when nothing more is taken. The one before
  /// was answered.
  private List<Message> next() throws InterruptedException {
    lock.lock();
    try {
      sending = List.of();
      while (waiting.isEmpty() && !closed) {
        changed.await();
      }
      var nanos = pace.batch().toNanos();
      while (!closed && !isFull() && nanos > 0) {
        nanos = changed.awaitNanos(nanos);
      }
      if (!closed) {
        sending = take();
      }
      return sending;
    } finally {
      lock.unlock();
    }
  }

  private boolean isFull() {
    return waitingCharacters >= Message.CALL_CHARACTERS || waiting.size() >= Message.CALL_MAX;
  }

  private List<Message> take() {
    var first = waiting.subList(0, Message.fitting(waiting));
    var batch = List.copyOf(first);
    first.clear();
    batch.forEach(message -> waitingCharacters -= message.cost());
    fullSince = System.nanoTime();
    room.signalAll();
    return batch;
  }

  /// Nobody wants what was said.
  private void forget() {
    lock.lock();
    try {
      sending = List.of();
      waiting.clear();
      leftOut = 0;
    } finally {
      lock.unlock();
    }
  }

  private void close() {
    lock.lock();
    try {
      closed = true;
      changed.signal();
      room.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Takes no more, and returns what the server may not have, which goes out with the report. What
  /// is in it twice is known by its number.
  List<Message> end() throws InterruptedException {
    close();
    if (!sender.join(ANSWER_AT_MOST)) {
      sender.interrupt();
      sender.join();
    }
    lock.lock();
    try {
      if (leftOut > 0) {
        put("text", "[" + leftOut + " lines left out]", false);
        leftOut = 0;
      }
      return Stream.concat(sending.stream(), waiting.stream()).toList();
    } finally {
      lock.unlock();
    }
  }

  /// Sends nothing more.
  void stop() {
    close();
    sender.interrupt();
  }
}
