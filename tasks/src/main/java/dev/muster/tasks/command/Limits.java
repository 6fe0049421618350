package dev.muster.tasks.command;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// How long a run may be; null for what is usual.
///
/// @param timeoutSeconds all in all
/// @param idleTimeoutSeconds without a sign of its agent: a message, progress, used tokens
public record Limits(@Nullable Integer timeoutSeconds, @Nullable Integer idleTimeoutSeconds) {
  public static final Limits NONE = new Limits(null, null);

  /// These, and where there is none the other.
  public Limits or(Limits other) {
    return new Limits(
        timeoutSeconds == null ? other.timeoutSeconds : timeoutSeconds,
        idleTimeoutSeconds == null ? other.idleTimeoutSeconds : idleTimeoutSeconds);
  }

  public Duration run(Deadlines usual) {
    return timeoutSeconds == null ? usual.run() : Duration.ofSeconds(timeoutSeconds);
  }

  /// Null where a run may be silent for as long as it lasts.
  public @Nullable Duration idle(Deadlines usual) {
    if (idleTimeoutSeconds != null) {
      return Duration.ofSeconds(idleTimeoutSeconds);
    }
    return usual.idle().isZero() ? null : usual.idle();
  }
}
