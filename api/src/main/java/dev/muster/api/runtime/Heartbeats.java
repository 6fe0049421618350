package dev.muster.api.runtime;

import dev.muster.events.id.RuntimeId;
import java.util.ArrayList;
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

  private final RuntimeStore store;
  private final TransactionTemplate transaction;
  private final Set<UUID> beats = ConcurrentHashMap.newKeySet();
  private final Map<UUID, Long> writtenAt = new ConcurrentHashMap<>();

  Heartbeats(RuntimeStore store, TransactionTemplate transaction) {
    this.store = store;
    this.transaction = transaction;
  }

  /// Notes that the runtime lives.
  public void beat(RuntimeId runtime) {
    var id = runtime.value();
    var written = writtenAt.get(id);
    if (written == null || (isStale(written) && !beats.contains(id))) {
      writtenAt.put(id, System.nanoTime());
      transaction.executeWithoutResult(_ -> store.seen(Set.of(id)));
      return;
    }
    beats.add(id);
  }

  private static boolean isStale(long writtenNanos) {
    return System.nanoTime() - writtenNanos > FRESH_NANOS;
  }

  /// Forgets that the runtime was online: its next beat is written at once.
  void forget(RuntimeId runtime) {
    writtenAt.remove(runtime.value());
    beats.remove(runtime.value());
  }

  @Scheduled(fixedDelayString = "PT1S")
  void write() {
    while (!beats.isEmpty()) {
      var batch = new ArrayList<UUID>(BATCH_MAX);
      for (var id : beats) {
        batch.add(id);
        if (batch.size() == BATCH_MAX) {
          break;
        }
      }
      try {
        transaction.executeWithoutResult(_ -> store.seen(batch));
      } catch (RuntimeException e) {
        log.atWarn()
            .setCause(e)
            .addKeyValue("beats", batch.size())
            .log("Heartbeats wait for the database");
        return;
      }
      var now = System.nanoTime();
      batch.forEach(id -> {
        beats.remove(id);
        writtenAt.put(id, now);
      });
    }
  }
}
