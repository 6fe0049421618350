package dev.muster.api.webhook;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.muster.events.id.WebhookId;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A webhook as whoever made it and those who administer the workspace see it: without its secret.
///
/// @param createdBy whose rights decide what it is sent
/// @param disabledReason why it was switched off by itself: `failing`, `gone` or `author_gone`
/// @param position the position in the feed up to which each event is settled
/// @param behind how many positions come after that
/// @param waiting how many events are to be sent again
/// @param failed how many events were given up
/// @param retryAt when the next event is sent again
/// @param missed how many events the log had dropped before they were sent
/// @param failingSince since when nothing was taken
/// @param lastStatus the last answer; null if there was none
/// @param lastError why the last event was not taken; null if it was
/// @param previousSecretUntil how long the secret before this one is good, too
record WebhookView(
    UUID id,
    UUID workspaceId,
    UUID createdBy,
    String name,
    String url,
    List<String> events,
    boolean enabled,
    @Nullable String disabledReason,
    long position,
    long behind,
    int waiting,
    int failed,
    @Nullable Instant retryAt,
    long delivered,
    long missed,
    @Nullable Instant failingSince,
    @Nullable Instant lastDeliveredAt,
    @Nullable Integer lastStatus,
    @Nullable String lastError,
    @Nullable Instant previousSecretUntil,
    Instant createdAt,
    Instant updatedAt) {
  /// Its columns, for a query on `webhook w`.
  static final String COLUMNS =
      """
      w.id, w.workspace_id, w.created_by, w.name, w.url, w.events, w.enabled, w.disabled_reason, w.position,
      greatest(0, (SELECT f.position FROM feed_position f WHERE f.workspace_id = w.workspace_id) - w.position) AS behind,
      w.waiting, (SELECT count(*) FROM webhook_delivery d WHERE d.webhook_id = w.id AND d.failed) AS failed, w.retry_at,
      w.delivered, w.missed, w.failing_since, w.last_delivered_at, w.last_status, w.last_error,
      CASE WHEN w.previous_secret_until > now() THEN w.previous_secret_until END AS previous_secret_until,
      w.created_at, w.updated_at\
      """;

  @JsonIgnore
  WebhookId webhookId() {
    return new WebhookId(id);
  }
}
