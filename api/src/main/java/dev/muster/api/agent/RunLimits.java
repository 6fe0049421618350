package dev.muster.api.agent;

import dev.muster.api.edge.Input;
import dev.muster.tasks.command.Limits;
import org.jspecify.annotations.Nullable;

/// How long a run may be, as clients say it.
public final class RunLimits {
  /// Progress is noted to a quarter of a minute, and a daemon may gather messages for some seconds.
  static final int IDLE_MIN_SECONDS = 60;

  private static final int MAX_SECONDS = 30 * 24 * 3_600;

  private RunLimits() {}

  /// The limits of a task.
  public static Limits ofTask(
      @Nullable Integer timeoutSeconds, @Nullable Integer idleTimeoutSeconds) {
    return new Limits(
        between("timeout_seconds", timeoutSeconds, 1),
        between("idle_timeout_seconds", idleTimeoutSeconds, IDLE_MIN_SECONDS));
  }

  /// A limit of an agent, which 0 takes away.
  static @Nullable Integer ofAgent(String field, @Nullable Integer seconds, int min) {
    return seconds != null && seconds == 0 ? seconds : between(field, seconds, min);
  }

  private static @Nullable Integer between(String field, @Nullable Integer seconds, int min) {
    return seconds == null ? null : Input.between(field, seconds, min, MAX_SECONDS);
  }
}
