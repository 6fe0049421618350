package dev.muster.api.heartbeat;

import dev.muster.api.heartbeat.LivenessStore.Seen;
import dev.muster.events.id.RuntimeId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/// Collects signs of life and writes them down together, once a second: one statement for all
/// runtimes of this instance.
///
/// A claim counts as one too: who asks for work is alive. The first beat of a runtime that this
/// instance has not heard from lately is written at once, so that one that was offline is back
/// before its answer. If the process dies, the beats of one second are lost, which the time until a
/// runtime counts as lost covers many times.
@Component
public class Heartbeats {
  private static final Logger log = LoggerFactory.getLogger(Heartbeats.class);
  private static final int BATCH_MAX = 5_000;

  /// How long a runtime is taken to be online because it was, in nanoseconds.
  private static final long FRESH_NANOS = 60_000_000_000L;

  /// Three beats must fit into the silence that takes a runtime offline, so this is the longest;
  /// and a cancel reaches a runtime with a beat, so a small fleet is asked for more of them.
  private static final int INTERVAL_MAX_SECONDS = 15;

  private static final int INTERVAL_MIN_SECONDS = 5;
  private static final int BEATS_PER_SECOND = 500;

  private static final Seen BEATS = new Seen(false, List.of());
  private static final Seen CLAIMS = new Seen(true, List.of());

  private final LivenessStore store;
  private final DuplicateDaemons duplicates;
  private final TransactionTemplate transaction;
  private final Map<UUID, Seen> beats = new ConcurrentHashMap<>();
  private final Map<UUID, Long> writtenAt = new ConcurrentHashMap<>();
  private volatile int intervalSeconds = INTERVAL_MAX_SECONDS;

  Heartbeats(LivenessStore store, DuplicateDaemons duplicates, TransactionTemplate transaction) {
    this.store = store;
    this.duplicates = duplicates;
    this.transaction = transaction;
  }

  /// Notes that the runtime lives.
  public void beat(RuntimeId runtime) {
    note(runtime.value(), BEATS);
  }

  /// Notes that the runtime lives, by a daemon that does not name its process: when it beats says
  /// whether it is alone.
  public void beatOfNameless(RuntimeId runtime) {
    note(runtime.value(), new Seen(false, List.of(System.nanoTime())));
  }

  /// Notes that the runtime asks for work.
  public void claim(RuntimeId runtime) {
    note(runtime.value(), CLAIMS);
  }

  private void note(UUID id, Seen seen) {
    var written = writtenAt.get(id);
    if (written == null || (isStale(written) && !beats.containsKey(id))) {
      writtenAt.put(id, System.nanoTime());
      transaction.executeWithoutResult(_ -> store.seen(Map.of(id, seen)));
      return;
    }
    beats.merge(id, seen, Seen::and);
  }

  private static boolean isStale(long writtenNanos) {
    return System.nanoTime() - writtenNanos > FRESH_NANOS;
  }

  /// After how many seconds a runtime is to send its next beat.
  int intervalSeconds() {
    return intervalSeconds;
  }

  static int intervalSeconds(int runtimes) {
    return Math.clamp(runtimes / BEATS_PER_SECOND, INTERVAL_MIN_SECONDS, INTERVAL_MAX_SECONDS);
  }

  /// Forgets that the runtime was online: its next beat is written at once. One that was heard
  /// meanwhile still counts.
  void expectAgain(RuntimeId runtime) {
    writtenAt.remove(runtime.value());
  }

  /// Forgets the runtime, and what was heard of it before it said goodbye.
  public void forget(RuntimeId runtime) {
    writtenAt.remove(runtime.value());
    beats.remove(runtime.value());
  }

  @Scheduled(fixedDelayString = "PT5S")
  void noteApi() {
    store.noteApi();
    intervalSeconds = intervalSeconds(store.online());
    duplicates.look();
  }

  @Scheduled(fixedDelayString = "PT1S")
  void write() {
    while (!beats.isEmpty()) {
      var batch = new HashMap<UUID, Seen>();
      for (var id : List.copyOf(beats.keySet())) {
        var seen = beats.remove(id);
        if (seen != null) {
          batch.put(id, seen);
        }
        if (batch.size() == BATCH_MAX) {
          break;
        }
      }
      if (!write(batch)) {
        return;
      }
    }
  }

  private boolean write(Map<UUID, Seen> batch) {
    try {
      transaction.executeWithoutResult(_ -> store.seen(batch));
    } catch (RuntimeException e) {
      batch.forEach((id, seen) -> beats.merge(id, seen, Seen::and));
      log.atWarn()
          .setCause(e)
          .addKeyValue("beats", batch.size())
          .log("Heartbeats wait for the database");
      return false;
    }
    var now = System.nanoTime();
    batch.keySet().forEach(id -> writtenAt.put(id, now));
    return true;
  }
}
