package dev.muster.dispatcher.webhook;

import dev.muster.events.feed.Outbox;
import dev.muster.events.id.UserId;
import dev.muster.events.id.WebhookId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.sql.Rows;
import java.net.URI;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/// Webhooks and what they have to send again, in Postgres, by its clock.
///
/// Whoever delivers to a webhook has leased it. Each write repeats the lease: one that has run out
/// and was given to somebody else, or was taken away by a change of the webhook, writes nothing.
@Repository
class WebhookStore {
  /// So many secrets before the last two are signed with: a header has its limits.
  private static final int OLDER_SECRETS_MAX = 8;

  /// Longer than a batch can take.
  private static final Duration LEASE = Duration.ofSeconds(60);

  /// A webhook with so many deliveries that are to be sent again reads no further in the log.
  static final int WAITING_MAX = 100;

  private static final int LOADED_MAX = 2_000;

  private final JdbcClient db;
  private final Outbox outbox;

  WebhookStore(JdbcClient db, Outbox outbox) {
    this.db = db;
    this.outbox = outbox;
  }

  boolean isUsed() {
    return db.sql("SELECT EXISTS (SELECT FROM webhook WHERE enabled)")
        .query(Boolean.class)
        .single();
  }

  /// Leases webhooks that have something to do, those first that were looked at the longest ago.
  List<Hook> lease(int max) {
    return db.sql(
            """
            WITH due AS MATERIALIZED (
              SELECT w.id FROM webhook w JOIN feed_position f ON f.workspace_id = w.workspace_id
               WHERE w.enabled AND (w.leased_until IS NULL OR w.leased_until < now())
                 AND (w.paused_until IS NULL OR w.paused_until < now())
                 AND (f.position > w.position AND w.waiting < :waiting_max OR w.retry_at <= now())
               ORDER BY w.looked_at NULLS FIRST, w.id LIMIT :max FOR NO KEY UPDATE OF w SKIP LOCKED
            )
            UPDATE webhook w
               SET lease = gen_random_uuid(), leased_until = now() + make_interval(secs => :lease), looked_at = now()
              FROM due WHERE w.id = due.id
            RETURNING w.id, w.lease, w.workspace_id, w.created_by, w.url, w.events, w.secret, w.position, w.waiting,
                      CASE WHEN w.previous_secret_until > now() THEN w.previous_secret END AS previous_secret,
                      ARRAY(SELECT s.secret FROM webhook_secret s WHERE s.webhook_id = w.id AND s.until > now()
                             ORDER BY s.until DESC LIMIT :secrets_max) AS older_secrets,
                      (SELECT m.role IN ('owner', 'admin') FROM member m
                        WHERE m.workspace_id = w.workspace_id AND m.user_id = w.created_by) AS administers
            """)
        .param("waiting_max", WAITING_MAX)
        .param("max", max)
        .param("lease", seconds(LEASE))
        .param("secrets_max", OLDER_SECRETS_MAX)
        .query(WebhookStore::hook)
        .list();
  }

  private static Hook hook(ResultSet row, int number) throws SQLException {
    var secrets =
        Stream.concat(
                Stream.of(row.getString("secret"), row.getString("previous_secret")),
                texts(row.getArray("older_secrets")).stream())
            .filter(Objects::nonNull)
            .toList();
    return new Hook(
        new WebhookId(row.getObject("id", UUID.class)),
        row.getObject("lease", UUID.class),
        new WorkspaceId(row.getObject("workspace_id", UUID.class)),
        new UserId(row.getObject("created_by", UUID.class)),
        row.getObject("administers", Boolean.class),
        URI.create(row.getString("url")),
        texts(row.getArray("events")),
        secrets,
        row.getLong("position"),
        row.getInt("waiting"));
  }

  private static List<String> texts(Array array) throws SQLException {
    return Arrays.asList((String[]) array.getArray());
  }

  /// What is to be sent again, in order.
  record Waiting(long position, String type, UUID subjectId, int attempts, boolean due) {
    Item item() {
      return new Item(position, type, subjectId, attempts);
    }
  }

  List<Waiting> waiting(WebhookId hook) {
    return db.sql(
            """
            SELECT position, type, subject_id, attempts, next_at <= now() AS due
              FROM webhook_delivery WHERE webhook_id = :hook AND NOT failed ORDER BY position LIMIT :max
            """)
        .param("hook", hook.value())
        .param("max", LOADED_MAX)
        .query(Rows.of(Waiting.class))
        .list();
  }

  boolean isLeased(Hook hook) {
    return db.sql("SELECT EXISTS (SELECT FROM webhook WHERE id = :id AND lease = :lease)")
        .param("id", hook.id().value())
        .param("lease", hook.lease())
        .query(Boolean.class)
        .single();
  }

  /// Whether the lease still is the caller's; if so, the webhook's row is locked.
  boolean isHeld(Hook hook) {
    return db.sql("SELECT id FROM webhook WHERE id = :id AND lease = :lease FOR NO KEY UPDATE")
        .param("id", hook.id().value())
        .param("lease", hook.lease())
        .query(Rows.id())
        .optional()
        .isPresent();
  }

  void drop(WebhookId hook, List<Long> positions) {
    db.sql("DELETE FROM webhook_delivery WHERE webhook_id = :hook AND position = ANY (:positions)")
        .param("hook", hook.value())
        .param("positions", positions.toArray(Long[]::new))
        .update();
  }

  /// Keeps what was not taken, or not sent. What was not taken for as long as it is tried is given
  /// up.
  void keep(WebhookId hook, List<Outcome> outcomes, Duration retryFor) {
    db.sql(
            """
            INSERT INTO webhook_delivery AS d (webhook_id, position, type, subject_id, failed, attempts, first_failed_at,
                                               next_at, last_attempt_at, last_status, last_error, last_answer)
            SELECT :hook, position, type, subject, false, attempts, CASE WHEN attempts > 0 THEN now() END,
                   now() + make_interval(secs => pause), CASE WHEN attempts > 0 THEN now() END, status, error, answer
              FROM unnest(:positions::bigint[], :types::text[], :subjects::uuid[], :attempts::int[], :pauses::float8[],
                          :statuses::int[], :errors::text[], :answers::text[])
                AS n (position, type, subject, attempts, pause, status, error, answer)
            ON CONFLICT (webhook_id, position) DO UPDATE
               SET attempts = d.attempts + excluded.attempts, next_at = excluded.next_at,
                   first_failed_at = coalesce(d.first_failed_at, excluded.first_failed_at),
                   failed = coalesce(d.first_failed_at <= now() - make_interval(secs => :retry_for), false)
                            AND excluded.attempts > 0,
                   last_attempt_at = coalesce(excluded.last_attempt_at, d.last_attempt_at),
                   last_status = CASE WHEN excluded.attempts > 0 THEN excluded.last_status ELSE d.last_status END,
                   last_error = coalesce(excluded.last_error, d.last_error),
                   last_answer = CASE WHEN excluded.attempts > 0 THEN excluded.last_answer ELSE d.last_answer END
            """)
        .param("hook", hook.value())
        .param("retry_for", seconds(retryFor))
        .param("positions", array(outcomes, Long[]::new, o -> o.item().position()))
        .param("types", array(outcomes, String[]::new, o -> o.item().type()))
        .param("subjects", array(outcomes, UUID[]::new, o -> o.item().subject()))
        .param("attempts", array(outcomes, Integer[]::new, o -> o.hasFailed() ? 1 : 0))
        .param("pauses", array(outcomes, Double[]::new, o -> seconds(o.pause())))
        .param("statuses", array(outcomes, Integer[]::new, Outcome::status))
        .param("errors", array(outcomes, String[]::new, Outcome::error))
        .param("answers", array(outcomes, String[]::new, Outcome::text))
        .update();
  }

  private static <T extends @Nullable Object> T[] array(
      List<Outcome> outcomes, IntFunction<T[]> make, Function<Outcome, T> value) {
    return outcomes.stream().map(value).toArray(make);
  }

  /// What a batch has come to.
  ///
  /// @param taken how many events were taken
  /// @param failed how many were sent and not taken
  /// @param missed how many cannot be sent any more
  /// @param status of the last answer; null if there was none
  /// @param error why the last event that was not taken was not; null if all were
  record Moved(
      long position,
      int taken,
      int failed,
      int missed,
      @Nullable Integer status,
      @Nullable String error) {}

  /// Moves the webhook on to the position and renews the lease. Returns how many deliveries are to
  /// be sent again; empty if the lease is somebody else's.
  Optional<Integer> move(Hook hook, Moved moved) {
    return db.sql(
            """
            UPDATE webhook w
               SET position = :position, leased_until = now() + make_interval(secs => :lease_secs),
                   waiting = again.n, retry_at = again.at,
                   delivered = delivered + :taken, missed = missed + :missed,
                   failing_since = CASE WHEN :taken > 0 THEN NULL WHEN :failed > 0 THEN coalesce(failing_since, now())
                                        ELSE failing_since END,
                   last_delivered_at = CASE WHEN :taken > 0 THEN now() ELSE last_delivered_at END,
                   last_status = CASE WHEN :taken + :failed > 0 THEN :status::int ELSE last_status END,
                   last_error = CASE WHEN :taken + :failed + :missed > 0 THEN :error::text ELSE last_error END
              FROM (SELECT coalesce(sum(n), 0) AS n, min(next_at) AS at
                      FROM (SELECT DISTINCT ON (subject_id) next_at, count(*) OVER (PARTITION BY subject_id) AS n
                              FROM webhook_delivery WHERE webhook_id = :id AND NOT failed
                             ORDER BY subject_id, position) AS first) AS again
             WHERE w.id = :id AND w.lease = :lease
            RETURNING w.waiting
            """)
        .param("id", hook.id().value())
        .param("lease", hook.lease())
        .param("lease_secs", seconds(LEASE))
        .param("position", moved.position())
        .param("taken", moved.taken())
        .param("failed", moved.failed())
        .param("missed", moved.missed())
        .param("status", moved.status())
        .param("error", moved.error())
        .query(Integer.class)
        .optional();
  }

  /// Of what was given up, the newest are kept.
  void bound(WebhookId hook, int kept) {
    db.sql(
            """
            DELETE FROM webhook_delivery WHERE webhook_id = :hook AND failed AND position <= (
              SELECT position FROM webhook_delivery WHERE webhook_id = :hook AND failed
               ORDER BY position DESC LIMIT 1 OFFSET :kept)
            """)
        .param("hook", hook.value())
        .param("kept", kept)
        .update();
  }

  /// Switches the webhook off if nothing was taken for so long, and says so. Returns whether it
  /// did.
  boolean disableIfFailing(Hook hook, Duration failing) {
    return disable(
        hook,
        "failing",
        "AND failing_since <= now() - make_interval(secs => %s)".formatted(seconds(failing)));
  }

  void disable(Hook hook, String reason) {
    disable(hook, reason, "");
  }

  private boolean disable(Hook hook, String reason, String condition) {
    var disabled =
        db.sql(
                """
                WITH off AS (
                  UPDATE webhook SET enabled = false, disabled_reason = :reason, lease = NULL, leased_until = NULL
                   WHERE id = :id AND lease = :lease AND enabled %s RETURNING new AS w
                )
                INSERT INTO outbox (workspace_id, type, subject_id, data)
                SELECT (w).workspace_id, 'webhook.disabled', (w).id, jsonb_build_object('webhook', webhook_event(w)) FROM off
                """
                    .formatted(condition))
            .param("id", hook.id().value())
            .param("lease", hook.lease())
            .param("reason", reason)
            .update();
    if (disabled > 0) {
      outbox.wake();
    }
    return disabled > 0;
  }

  /// Lets the webhook rest, whose server asked for it, and ends the lease.
  void pause(Hook hook, Duration quiet) {
    db.sql(
            """
            UPDATE webhook SET paused_until = now() + make_interval(secs => :quiet), lease = NULL, leased_until = NULL
             WHERE id = :id AND lease = :lease
            """)
        .param("quiet", seconds(quiet))
        .param("id", hook.id().value())
        .param("lease", hook.lease())
        .update();
  }

  void release(Hook hook) {
    db.sql("UPDATE webhook SET lease = NULL, leased_until = NULL WHERE id = :id AND lease = :lease")
        .param("id", hook.id().value())
        .param("lease", hook.lease())
        .update();
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1_000.0;
  }
}
