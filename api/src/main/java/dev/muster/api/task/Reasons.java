package dev.muster.api.task;

import dev.muster.events.task.FailureReason;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Why a run failed, in the words of daemons. What is not a word of theirs means that the agent
/// failed: a final report must not fail.
final class Reasons {
  /// A daemon that stops says so of all it runs. Where somebody had asked for the end, it makes no
  /// difference what a daemon says.
  private static final String CANCELLED = "cancelled";

  private Reasons() {}

  /// @param error tells a session apart that the provider takes no more of
  static FailureReason of(@Nullable String sent, String error) {
    var word = sent == null ? "" : sent.strip();
    if (word.equals(CANCELLED)) {
      return FailureReason.DAEMON_STOPPED;
    }
    var reason =
        FailureReason.of(word).filter(known -> !known.isOwn()).orElse(FailureReason.AGENT_ERROR);
    return !reason.isRetried() && !reason.spoilsSession() && isInvalidRequest(error)
        ? FailureReason.API_INVALID_REQUEST
        : reason;
  }

  private static boolean isInvalidRequest(String error) {
    return error.contains("400")
        && error.toLowerCase(Locale.ROOT).contains("invalid_request_error");
  }
}
