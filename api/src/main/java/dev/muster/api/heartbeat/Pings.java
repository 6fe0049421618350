package dev.muster.api.heartbeat;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.muster.events.id.RuntimeId;
import dev.muster.events.sql.Rows;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/// Pings: a person asks a runtime for a sign of life, the daemon finds the question in its next
/// heartbeat's answer.
///
/// Kept in Postgres, so that question, heartbeat and answer may meet different instances. Which
/// runtimes have one waiting is remembered and refreshed each second, so that a heartbeat costs no
/// query.
@Component
class Pings {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int ID_BYTES = 16;

  private final JdbcClient db;
  private final Set<UUID> waiting = ConcurrentHashMap.newKeySet();

  Pings(JdbcClient db) {
    this.db = db;
  }

  /// A ping as clients see it: what is empty is left out, as in the seed.
  record Ping(
      String id,
      UUID runtimeId,
      String status,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) String output,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) String error,
      @JsonInclude(JsonInclude.Include.NON_DEFAULT) long durationMs,
      Instant createdAt,
      Instant updatedAt) {}

  /// What a daemon answers.
  record Result(
      @Nullable String status,
      @Nullable String output,
      @Nullable String error,
      @Nullable Long durationMs) {}

  Ping create(RuntimeId runtime) {
    db.sql("DELETE FROM runtime_ping WHERE created_at < now() - interval '2 minutes'").update();
    var random = new byte[ID_BYTES];
    RANDOM.nextBytes(random);
    var id = HexFormat.of().formatHex(random);
    db.sql("INSERT INTO runtime_ping (id, runtime_id) VALUES (:id, :runtime)")
        .param("id", id)
        .param("runtime", runtime.value())
        .update();
    waiting.add(runtime.value());
    return find(runtime, id)
        .orElseThrow(() -> new IllegalStateException("ping " + id + " is gone"));
  }

  /// The ping; one that was not answered in time has become `timeout`.
  Optional<Ping> find(RuntimeId runtime, String id) {
    db.sql(
            """
            UPDATE runtime_ping
               SET status = 'timeout', updated_at = now(), error = 'daemon did not respond within 60 seconds'
             WHERE id = :id AND runtime_id = :runtime
               AND (status = 'pending' AND created_at < now() - interval '60 seconds'
                                 OR status = 'running' AND updated_at < now() - interval '90 seconds')
            """)
        .param("id", id)
        .param("runtime", runtime.value())
        .update();
    return db.sql("SELECT * FROM runtime_ping WHERE id = :id AND runtime_id = :runtime")
        .param("id", id)
        .param("runtime", runtime.value())
        .query(Rows.of(Ping.class))
        .optional();
  }

  /// The oldest waiting ping of the runtime, which is from now on the daemon's to answer.
  Optional<String> handOut(RuntimeId runtime) {
    if (!waiting.remove(runtime.value())) {
      return Optional.empty();
    }
    return db.sql(
            """
            UPDATE runtime_ping SET status = 'running', updated_at = now()
             WHERE id = (SELECT id FROM runtime_ping
                          WHERE runtime_id = :runtime AND status = 'pending'
                            AND created_at > now() - interval '60 seconds'
                          ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING id
            """)
        .param("runtime", runtime.value())
        .query(String.class)
        .optional();
  }

  /// Takes a daemon's answer; an unknown ping changes nothing.
  void answer(
      RuntimeId runtime, String id, String status, String output, String error, long durationMs) {
    db.sql(
            """
            UPDATE runtime_ping
               SET status = :status, output = :output, error = :error, duration_ms = :duration_ms, updated_at = now()
             WHERE id = :id AND runtime_id = :runtime
            """)
        .param("status", status)
        .param("output", output)
        .param("error", error)
        .param("duration_ms", durationMs)
        .param("id", id)
        .param("runtime", runtime.value())
        .update();
  }

  @Scheduled(fixedDelayString = "PT1S")
  void refresh() {
    var found =
        new HashSet<>(
            db.sql("SELECT DISTINCT runtime_id FROM runtime_ping WHERE status = 'pending'")
                .query(Rows.id())
                .list());
    waiting.addAll(found);
  }
}
