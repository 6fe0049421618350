package dev.muster.api.webhook;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// An event that a webhook's server has not taken.
///
/// @param position of the event in the feed
/// @param subject what the event is about
/// @param state `waiting` to be sent again, or `failed`: given up
/// @param nextAt when it is sent again; null if it was given up
/// @param lastAnswer how the body of the last answer began
record DeliveryView(
    long position,
    String type,
    UUID subject,
    String state,
    int attempts,
    @Nullable Instant firstFailedAt,
    @Nullable Instant nextAt,
    @Nullable Instant lastAttemptAt,
    @Nullable Integer lastStatus,
    @Nullable String lastError,
    @Nullable String lastAnswer) {
  /// Its columns, for a query on `webhook_delivery d`.
  static final String COLUMNS =
      """
      d.position, d.type, d.subject_id AS subject, CASE WHEN d.failed THEN 'failed' ELSE 'waiting' END AS state, d.attempts,
      d.first_failed_at, CASE WHEN NOT d.failed THEN d.next_at END AS next_at, d.last_attempt_at, d.last_status, d.last_error,
      d.last_answer\
      """;
}
