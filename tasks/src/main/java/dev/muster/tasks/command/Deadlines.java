package dev.muster.tasks.command;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// How long a task may stay in each state; the database's clock counts. The same for api and
/// dispatcher.
///
/// @param assigned until another runtime may get a task that was assigned and not claimed
/// @param start from a claim to its start
/// @param silence from a runtime's last heartbeat until it counts as offline
/// @param reconnectGrace from there until its running tasks are lost
/// @param run a task's whole run, where the task says nothing else
/// @param idle a run without a sign of its agent, where neither the task nor the agent says
///   something else; zero for as long as it lasts
/// @param reportLost from the sign that a final report has been lost until the attempt is given up
/// @param cancelGrace from the wish to end a running task until it is ended without the runtime
/// @param queuedTtl how long a task may wait in all; zero for as long as it takes
/// @param runtimeKept how long a runtime is kept that is offline and that nothing hangs on; zero
///   for ever
/// @param issueKept how long an issue is kept whose tasks have all ended and on which nothing has
///   happened since; zero for ever
@ConfigurationProperties(prefix = "muster.deadlines", ignoreUnknownFields = false)
public record Deadlines(
    @DefaultValue("30s") Duration assigned,
    @DefaultValue("5m") Duration start,
    @DefaultValue("45s") Duration silence,
    @DefaultValue("5m") Duration reconnectGrace,
    @DefaultValue("12h") Duration run,
    @DefaultValue("0") Duration idle,
    @DefaultValue("60s") Duration reportLost,
    @DefaultValue("30s") Duration cancelGrace,
    @DefaultValue("0") Duration queuedTtl,
    @DefaultValue("7d") Duration runtimeKept,
    @DefaultValue("0") Duration issueKept) {
  /// A claim is handed out again after this, if its runtime asks again: the seed's claim and start
  /// each time out after 30 seconds, so by then no answer to the first can be under way.
  public static final Duration REDELIVER = Duration.ofSeconds(60);

  /// The most that a runtime may put off the start deadline, from the claim on.
  public static final Duration PREPARE_MAX = Duration.ofHours(1);

  public Deadlines {
    for (var deadline :
        new Duration[] {assigned, start, silence, reconnectGrace, run, reportLost, cancelGrace}) {
      if (deadline.isNegative() || deadline.isZero()) {
        throw new IllegalArgumentException("muster.deadlines must be longer than nothing");
      }
    }
    if (idle.isNegative()) {
      throw new IllegalArgumentException("muster.deadlines.idle must not be negative");
    }
    if (queuedTtl.isNegative()) {
      throw new IllegalArgumentException("muster.deadlines.queued-ttl must not be negative");
    }
    if (runtimeKept.isNegative()) {
      throw new IllegalArgumentException("muster.deadlines.runtime-kept must not be negative");
    }
    if (issueKept.isNegative()) {
      throw new IllegalArgumentException("muster.deadlines.issue-kept must not be negative");
    }
  }

  /// What zero means for no end in SQL: seconds, or null.
  public static @org.jspecify.annotations.Nullable Double secondsOrNull(Duration limit) {
    return limit.isZero() ? null : seconds(limit);
  }

  public static double seconds(Duration duration) {
    return duration.toMillis() / 1_000.0;
  }
}
