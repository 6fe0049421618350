package dev.muster.api.runtime;

import dev.muster.events.id.RuntimeId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

  private final LivenessStore store;
  private final TransactionTemplate transaction;
  private final Map<UUID, Boolean> beats = new ConcurrentHashMap<>();
  private final Map<UUID, Long> writtenAt = new ConcurrentHashMap<>();
  private volatile int intervalSeconds = INTERVAL_MAX_SECONDS;

  Heartbeats(LivenessStore store, TransactionTemplate transaction) {
    this.store = store;
    this.transaction = transaction;
  }

  /// Notes that the runtime lives.
  public void beat(RuntimeId runtime) {
    note(runtime.value(), false);
  }

  /// Notes that the runtime asks for work.
  public void claim(RuntimeId runtime) {
    note(runtime.value(), true);
  }

  private void note(UUID id, boolean claims) {
    var written = writtenAt.get(id);
    if (written == null || (isStale(written) && !beats.containsKey(id))) {
      writtenAt.put(id, System.nanoTime());
      transaction.executeWithoutResult(_ -> store.seen(Set.of(id), claims ? Set.of(id) : Set.of()));
      return;
    }
    beats.merge(id, claims, Boolean::logicalOr);
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

  /// Forgets that the runtime was online: its next beat is written at once.
  void forget(RuntimeId runtime) {
    writtenAt.remove(runtime.value());
    beats.remove(runtime.value());
  }

  @Scheduled(fixedDelayString = "PT5S")
  void noteApi() {
    store.noteApi();
    intervalSeconds = intervalSeconds(store.online());
  }

  @Scheduled(fixedDelayString = "PT1S")
  void write() {
    while (!beats.isEmpty()) {
      var batch = new ArrayList<UUID>(BATCH_MAX);
      var claims = new ArrayList<UUID>();
      for (var id : List.copyOf(beats.keySet())) {
        var claimed = beats.remove(id);
        if (claimed != null) {
          batch.add(id);
          if (claimed) {
            claims.add(id);
          }
        }
        if (batch.size() == BATCH_MAX) {
          break;
        }
      }
      if (!write(batch, claims)) {
        return;
      }
    }
  }

  private boolean write(List<UUID> batch, List<UUID> claims) {
    try {
      transaction.executeWithoutResult(_ -> store.seen(batch, claims));
    } catch (RuntimeException e) {
      batch.forEach(id -> beats.merge(id, claims.contains(id), Boolean::logicalOr));
      log.atWarn()
          .setCause(e)
          .addKeyValue("beats", batch.size())
          .log("Heartbeats wait for the database");
      return false;
    }
    var now = System.nanoTime();
    batch.forEach(id -> writtenAt.put(id, now));
    return true;
  }
}
