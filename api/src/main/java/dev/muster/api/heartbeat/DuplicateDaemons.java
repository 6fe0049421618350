package dev.muster.api.heartbeat;

import dev.muster.api.edge.Refused;
import dev.muster.events.feed.Outbox;
import dev.muster.events.id.RuntimeId;
import dev.muster.events.sql.Rows;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
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
/// the heartbeats count. When beats came is kept with the sign of life, so that apis which hear a
/// part of them each judge all of them.
@Component
public class DuplicateDaemons {
  private static final Logger log = LoggerFactory.getLogger(DuplicateDaemons.class);

  /// A daemon that was silent for longer than this when the next one came is taken to be gone.
  private static final int ALIVE_SECONDS = 45;

  private final JdbcClient db;
  private final Outbox outbox;

  /// The runtimes that two daemons speak for, as of the last look.
  private volatile Set<UUID> known = Set.of();

  DuplicateDaemons(JdbcClient db, Outbox outbox) {
    this.db = db;
    this.outbox = outbox;
  }

  /// What was heard of a runtime that is listened to.
  ///
  /// @param beats when its last heartbeats came, in milliseconds, the oldest first
  /// @param periodBefore in milliseconds; 0 if it is not known
  record Heard(UUID runtime, List<Long> beats, long periodBefore, boolean twins) {
    static Heard of(ResultSet row) throws SQLException {
      return new Heard(
          row.getObject("runtime_id", UUID.class),
          longs(row.getArray("beats")),
          row.getLong("watch_period_ms"),
          row.getBoolean("twins"));
    }

    Cadence.Verdict verdict() {
      return Cadence.of(beats).verdict(periodBefore);
    }
  }

  private static List<Long> longs(Array array) throws SQLException {
    return List.of((Long[]) array.getArray());
  }

  private record Before(UUID runtime, List<Long> beats, boolean isAlive) {}

  /// Notes that a daemon that does not name its process has registered these runtimes. In the
  /// caller's transaction.
  public void registered(Collection<UUID> runtimes) {
    db.sql(
            """
            SELECT runtime_id, beats, beats[array_upper(beats, 1)] > extract(epoch FROM now() - make_interval(secs => :alive)) * 1000
              FROM runtime_liveness
             WHERE runtime_id = ANY (:runtimes) AND beats <> '{}'
             ORDER BY runtime_id FOR NO KEY UPDATE
            """)
        .param("alive", ALIVE_SECONDS)
        .param("runtimes", runtimes.toArray(UUID[]::new))
        .query(
            (r, _) -> new Before(r.getObject(1, UUID.class), longs(r.getArray(2)), r.getBoolean(3)))
        .list()
        .forEach(before ->
            listen(
                List.of(before.runtime()),
                before.isAlive() ? Cadence.of(before.beats()).period() : null));
  }

  /// Forgets what was heard of these runtimes: their daemon has said goodbye, or names its process.
  /// In the caller's transaction.
  public void forget(Collection<UUID> runtimes) {
    listen(runtimes, null);
  }

  /// @param periodBefore in milliseconds, 0 if it is not known; null where there is no need to
  ///   listen
  private void listen(Collection<UUID> runtimes, @Nullable Long periodBefore) {
    db.sql(
            """
            UPDATE runtime_liveness SET beats = '{}', watch_period_ms = :period::bigint, twins = false
             WHERE runtime_id = ANY (:runtimes) AND (beats <> '{}' OR watch_period_ms IS NOT NULL OR twins)
            """)
        .param("period", periodBefore)
        .param("runtimes", runtimes.toArray(UUID[]::new))
        .update();
    known =
        known.stream().filter(id -> !runtimes.contains(id)).collect(Collectors.toUnmodifiableSet());
  }

  /// Judges what was heard of runtimes that are listened to. In the transaction that wrote it down,
  /// which has their rows.
  void judge(List<Heard> heard) {
    var one = in(heard, Cadence.Verdict.ONE).map(Heard::runtime).toArray(UUID[]::new);
    var two =
        in(heard, Cadence.Verdict.TWO)
            .filter(runtime -> !runtime.twins())
            .map(Heard::runtime)
            .toArray(UUID[]::new);
    if (one.length > 0) {
      db.sql(
              "UPDATE runtime_liveness SET watch_period_ms = NULL, twins = false WHERE runtime_id = ANY (:runtimes)")
          .param("runtimes", one)
          .update();
    }
    if (two.length > 0) {
      found(two);
    }
  }

  private static Stream<Heard> in(List<Heard> heard, Cadence.Verdict verdict) {
    return heard.stream().filter(runtime -> runtime.verdict() == verdict);
  }

  private void found(UUID[] runtimes) {
    log.atWarn().addKeyValue("runtimes", runtimes).log("Two daemons use one runtime's identity");
    db.sql(
            """
            WITH found AS (
              UPDATE runtime_liveness SET twins = true WHERE runtime_id = ANY (:runtimes) RETURNING runtime_id
            )
            INSERT INTO outbox (workspace_id, type, subject_id, data)
            SELECT r.workspace_id, 'runtime.conflict', r.id,
                   jsonb_build_object('runtime_id', r.id, 'daemon_id', r.daemon_id, 'provider', r.provider,
                                      'process_id', NULL, 'superseded_process_id', NULL)
              FROM found JOIN runtime r ON r.id = found.runtime_id
            """)
        .param("runtimes", runtimes)
        .update();
    outbox.wake();
  }

  /// Looks up which runtimes two daemons speak for, since any api may have found them.
  void look() {
    known =
        Set.copyOf(
            db.sql("SELECT runtime_id FROM runtime_liveness WHERE twins").query(Rows.id()).list());
  }

  /// Makes sure that one daemon alone speaks for the runtime, as far as can be told: another api's
  /// finding is known after some seconds.
  ///
  /// @throws Refused 409 if there are two
  void requireOne(RuntimeId runtime) {
    if (known.contains(runtime.value())) {
      throw Refused.superseded(
          "two daemons with this identity are alive and neither is given work; end one of them, or give it a daemon_id of its own",
          Map.of("runtime_id", runtime.value()));
    }
  }
}
