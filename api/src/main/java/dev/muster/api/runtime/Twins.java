package dev.muster.api.runtime;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.muster.api.edge.Refused;
import dev.muster.events.feed.Outbox;
import dev.muster.events.id.RuntimeId;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// Finds two daemons that live at the same time under one identity and do not name their processes,
/// as the seed's do not.
///
/// A daemon that registers again may be a new process in the place of the old one, or a second one
/// beside it: from then on its heartbeats are listened to until they are clearly one daemon's.
/// While they are two's, neither is given work, since nobody can say which of them would get it;
/// the heartbeats count. What an instance of the api has heard is its own: behind a balancer that
/// gives each beat to another instance it takes longer or is not found.
@Component
public class Twins {
  private static final Logger log = LoggerFactory.getLogger(Twins.class);
  private static final int REMEMBERED_MAX = 100_000;
  private static final Duration FORGOTTEN = Duration.ofMinutes(2);

  /// A daemon that was silent for longer than this when the next one came is taken to be gone.
  private static final Duration ALIVE = Duration.ofSeconds(45);

  private final JdbcClient db;
  private final Outbox outbox;
  private final Cache<RuntimeId, Heard> heard =
      Caffeine.newBuilder().maximumSize(REMEMBERED_MAX).expireAfterAccess(FORGOTTEN).build();

  Twins(JdbcClient db, Outbox outbox) {
    this.db = db;
    this.outbox = outbox;
  }

  /// What is known of one runtime; guarded by its own lock.
  private static final class Heard {
    private Cadence cadence = new Cadence();
    private long periodBefore;
    private boolean isWatched;
    private boolean isOfTwo;

    synchronized void registered(long now) {
      isWatched = cadence.silence(now) < ALIVE.toNanos();
      periodBefore = cadence.period();
      cadence = new Cadence();
      isOfTwo = false;
    }

    /// Returns whether it is from now on known that there are two.
    synchronized boolean beat(long now) {
      cadence.beat(now);
      if (!isWatched || !cadence.isFull()) {
        return false;
      }
      if (cadence.isOfOne(periodBefore)) {
        isWatched = false;
        isOfTwo = false;
        return false;
      }
      var was = isOfTwo;
      isOfTwo = was || cadence.isOfTwo(periodBefore);
      return isOfTwo && !was;
    }

    synchronized boolean isOfTwo() {
      return isOfTwo;
    }
  }

  /// Notes that a daemon that does not name its process has registered these runtimes.
  void registered(Collection<RuntimeId> runtimes) {
    var now = System.nanoTime();
    runtimes.forEach(runtime -> heard.get(runtime, _ -> new Heard()).registered(now));
  }

  /// Notes the heartbeat of a daemon that does not name its process.
  void beat(RuntimeId runtime) {
    if (heard.get(runtime, _ -> new Heard()).beat(System.nanoTime())) {
      log.atWarn().addKeyValue("runtime", runtime).log("Two daemons use one runtime's identity");
      db.sql(
              """
              INSERT INTO outbox (workspace_id, type, subject_id, data)
              SELECT workspace_id, 'runtime.conflict', id,
                     jsonb_build_object('runtime_id', id, 'daemon_id', daemon_id, 'provider', provider,
                                        'process_id', NULL, 'superseded_process_id', NULL)
                FROM runtime WHERE id = :runtime
              """)
          .param("runtime", runtime.value())
          .update();
      outbox.wake();
    }
  }

  /// Forgets what was heard: the daemon has said goodbye.
  void forget(RuntimeId runtime) {
    heard.invalidate(runtime);
  }

  /// Makes sure that one daemon alone speaks for the runtime, as far as can be told.
  ///
  /// @throws Refused 409 if there are two
  void requireOne(RuntimeId runtime) {
    var known = heard.getIfPresent(runtime);
    if (known != null && known.isOfTwo()) {
      throw Refused.superseded(
          "two daemons with this identity are alive and neither is given work; end one of them, or give it a daemon_id of its own",
          Map.of("runtime_id", runtime.value()));
    }
  }
}
