package dev.muster.api.webhook;

import dev.muster.api.access.Caller;
import dev.muster.api.edge.Page;
import dev.muster.api.edge.RowCursor;
import dev.muster.events.EventType;
import dev.muster.events.feed.Outbox;
import dev.muster.events.id.WebhookId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.sql.Rows;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;
import org.springframework.stereotype.Repository;

/// The rows of webhooks, as people change them.
///
/// A change takes the lease away from whoever delivers to the webhook: what was sent meanwhile as
/// it was before does not count, and is sent as it is now.
@Repository
class WebhookStore {
  private static final String MAY_SEE =
      "(w.workspace_id = ANY (:administered) OR w.created_by = :user AND w.workspace_id = ANY (:workspaces))";

  private static final String LIST =
      Page.sql(
          """
          SELECT %s FROM webhook w
           WHERE w.workspace_id = :workspace AND %s
             AND (w.created_at, w.id) < (coalesce(to_timestamp(:after_time::bigint / 1e6), 'infinity'),
                                         coalesce(:after_id::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
           ORDER BY w.created_at DESC, w.id DESC
          """
              .formatted(WebhookView.COLUMNS, MAY_SEE),
          "created_at DESC, id DESC",
          "url");

  private static final String DELIVERIES =
      Page.sql(
          """
          SELECT %s FROM webhook_delivery d
           WHERE d.webhook_id = :id AND d.position < coalesce(:before::bigint, 9223372036854775807)
             AND d.failed = coalesce(:failed::boolean, d.failed)
           ORDER BY d.position DESC
          """
              .formatted(DeliveryView.COLUMNS),
          "position DESC",
          "last_answer");

  private final JdbcClient db;
  private final Outbox outbox;

  WebhookStore(JdbcClient db, Outbox outbox) {
    this.db = db;
    this.outbox = outbox;
  }

  private static StatementSpec as(Caller caller, StatementSpec statement) {
    return statement
        .param("administered", caller.administered())
        .param("user", caller.user().value())
        .param("workspaces", caller.workspaces());
  }

  int count(WorkspaceId workspace) {
    return db.sql("SELECT count(*) FROM webhook WHERE workspace_id = :workspace")
        .param("workspace", workspace.value())
        .query(Integer.class)
        .single();
  }

  /// A page of the workspace's webhooks that the caller may see, the newest first.
  Page<WebhookView> list(
      Caller caller, WorkspaceId workspace, @Nullable RowCursor after, int limit) {
    var statement =
        as(caller, db.sql(LIST))
            .param("workspace", workspace.value())
            .param("after_id", after == null ? null : after.id())
            .param("after_time", after == null ? null : after.micros());
    return Page.read(statement, limit, Rows.of(WebhookView.class));
  }

  /// The webhook, if the caller may see it.
  Optional<WebhookView> find(Caller caller, UUID id) {
    return as(
            caller,
            db.sql(
                "SELECT %s FROM webhook w WHERE w.id = :id AND %s"
                    .formatted(WebhookView.COLUMNS, MAY_SEE)))
        .param("id", id)
        .query(Rows.of(WebhookView.class))
        .optional();
  }

  /// Makes one that begins with what happens from now on.
  WebhookId insert(
      WorkspaceId workspace, UUID author, WebhookFields.Checked fields, String secret) {
    return new WebhookId(
        with(
                db.sql(
                        """
                        INSERT INTO webhook (workspace_id, created_by, name, url, events, enabled, secret, position)
                        VALUES (:workspace, :author, :name, :url, :events, :enabled, :secret,
                                coalesce((SELECT position FROM feed_position WHERE workspace_id = :workspace), 0))
                        RETURNING id
                        """)
                    .param("workspace", workspace.value())
                    .param("author", author)
                    .param("secret", secret),
                fields)
            .query(Rows.id())
            .single());
  }

  /// Changes it, and tries again at once what was not taken: it may be taken now.
  void update(WebhookId webhook, WebhookFields.Checked fields) {
    with(
            db.sql(
                    """
                    UPDATE webhook
                       SET name = :name, url = :url, events = :events, enabled = :enabled, updated_at = now(),
                           disabled_reason = CASE WHEN NOT :enabled THEN disabled_reason END, failing_since = NULL,
                           retry_at = CASE WHEN waiting > 0 THEN now() END, paused_until = NULL, lease = NULL, leased_until = NULL
                     WHERE id = :id
                    """)
                .param("id", webhook.value()),
            fields)
        .update();
    db.sql("UPDATE webhook_delivery SET next_at = now() WHERE webhook_id = :id AND NOT failed")
        .param("id", webhook.value())
        .update();
  }

  private static StatementSpec with(StatementSpec statement, WebhookFields.Checked fields) {
    return statement
        .param("name", fields.name())
        .param("url", fields.url())
        .param("events", fields.events().toArray(String[]::new))
        .param("enabled", fields.enabled());
  }

  /// A secret that was good for a while yet stays so; where the last one ends at once, so do those
  /// before it.
  void rotate(WebhookId webhook, String secret, int keptSeconds) {
    db.sql(
            """
            WITH before AS (
              INSERT INTO webhook_secret (webhook_id, secret, until)
              SELECT id, previous_secret, previous_secret_until FROM webhook
               WHERE id = :id AND previous_secret_until > now() AND :kept > 0
            ), ended AS (
              DELETE FROM webhook_secret WHERE webhook_id = :id AND (until < now() OR :kept = 0)
            )
            UPDATE webhook
               SET previous_secret = secret, previous_secret_until = now() + make_interval(secs => :kept), secret = :secret,
                   updated_at = now(), lease = NULL, leased_until = NULL
             WHERE id = :id
            """)
        .param("id", webhook.value())
        .param("kept", keptSeconds)
        .param("secret", secret)
        .update();
  }

  void delete(WebhookId webhook) {
    db.sql("DELETE FROM webhook WHERE id = :id").param("id", webhook.value()).update();
  }

  /// A page of what was not taken, the newest first.
  ///
  /// @param failed only what was given up, or only what was not; null for both
  Page<DeliveryView> deliveries(
      WebhookId webhook, @Nullable Boolean failed, @Nullable Long before, int limit) {
    var statement =
        db.sql(DELIVERIES)
            .param("id", webhook.value())
            .param("failed", failed)
            .param("before", before);
    return Page.read(statement, limit, Rows.of(DeliveryView.class));
  }

  /// Lets what was given up be sent again.
  ///
  /// @param positions which; null for all
  int redrive(WebhookId webhook, Long @Nullable [] positions) {
    var redriven =
        db.sql(
                """
                UPDATE webhook_delivery SET failed = false, attempts = 0, first_failed_at = NULL, next_at = now()
                 WHERE webhook_id = :id AND failed AND (:positions::bigint[] IS NULL OR position = ANY (:positions::bigint[]))
                """)
            .param("id", webhook.value())
            .param("positions", positions)
            .update();
    db.sql("UPDATE webhook SET waiting = waiting + :more, retry_at = now() WHERE id = :id")
        .param("id", webhook.value())
        .param("more", redriven)
        .update();
    return redriven;
  }

  /// Locks the webhook's row, so that what it is and what is told of it are one.
  void lock(WebhookId webhook) {
    var _ =
        db.sql("SELECT id FROM webhook WHERE id = :id FOR NO KEY UPDATE")
            .param("id", webhook.value())
            .query(Rows.id())
            .optional();
  }

  /// Tells of the webhook as it is now.
  void tell(WebhookId webhook, EventType type) {
    db.sql(
            """
            INSERT INTO outbox (workspace_id, type, subject_id, data)
            SELECT w.workspace_id, :type, w.id, jsonb_build_object('webhook', webhook_event(w)) FROM webhook w WHERE w.id = :id
            """)
        .param("id", webhook.value())
        .param("type", type.wire())
        .update();
    outbox.wake();
  }
}
