package dev.muster.dispatcher.webhook;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What became of an event: what is written down of it.
record Outcome(Item item, Answer answer) {
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int UNAVAILABLE = 503;

  boolean isTaken() {
    return answer instanceof Answer.Taken;
  }

  boolean isGone() {
    return answer instanceof Answer.NotTaken refusal && refusal.isGone();
  }

  /// Whether it was sent and not taken.
  boolean hasFailed() {
    return switch (answer) {
      case Answer.NotTaken _, Answer.None _ -> true;
      case Answer.Taken _, Answer.Unsent _ -> false;
    };
  }

  /// How long it is until it is sent again.
  Duration pause() {
    return switch (answer) {
      case Answer.NotTaken(_, _, var asked) -> longer(Backoff.after(item.attempts() + 1), asked);
      case Answer.None _ -> Backoff.after(item.attempts() + 1);
      case Answer.Taken _, Answer.Unsent _ -> Duration.ZERO;
    };
  }

  /// For how long its server asks to be left alone, with all events; zero if it does not.
  Duration quiet() {
    return answer instanceof Answer.NotTaken(var status, _, var asked)
            && asked != null
            && (status == TOO_MANY_REQUESTS || status == UNAVAILABLE)
        ? asked
        : Duration.ZERO;
  }

  private static Duration longer(Duration pause, @Nullable Duration asked) {
    return asked == null || asked.compareTo(pause) < 0 ? pause : asked;
  }

  @Nullable Integer status() {
    return switch (answer) {
      case Answer.Taken(var status) -> Integer.valueOf(status);
      case Answer.NotTaken(var status, _, _) -> Integer.valueOf(status);
      case Answer.None _, Answer.Unsent _ -> null;
    };
  }

  @Nullable String error() {
    return switch (answer) {
      case Answer.NotTaken(var status, _, _) -> "answered " + status;
      case Answer.None(var reason) -> reason;
      case Answer.Taken _, Answer.Unsent _ -> null;
    };
  }

  @Nullable String text() {
    return answer instanceof Answer.NotTaken(_, var text, _) ? text : null;
  }
}
