package dev.muster.cli;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// What a schedule is made of, each as it is left out.
final class ScheduleParts {
  @Option(names = "--prompt", paramLabel = "TEXT", description = "what to do")
  private @Nullable String prompt;

  @Option(names = "--agent", paramLabel = "AGENT", description = "name or id")
  private @Nullable String agent;

  @Option(
      names = "--provider",
      paramLabel = "NAME",
      description = "what the runtime must be, instead of an agent")
  private @Nullable String provider;

  @Option(
      names = "--label",
      paramLabel = "K=V",
      description = "what the runtime must have, with --provider")
  private @Nullable Map<String, String> labels;

  @Option(
      names = "--priority",
      paramLabel = "PRIORITY",
      description = "urgent, high, medium, low or none")
  private @Nullable String priority;

  @Option(
      names = "--cron",
      paramLabel = "CRON",
      description = "minute, hour, day of month, month, day of week; or @daily and the like")
  private @Nullable String cron;

  @Option(
      names = "--time-zone",
      paramLabel = "ZONE",
      description = "whose clocks --cron goes by, as Europe/Berlin (default: UTC)")
  private @Nullable String timeZone;

  @Option(
      names = "--every",
      paramLabel = "SECONDS",
      description = "how long it is from one run to the next")
  private @Nullable Integer every;

  @Option(
      names = "--starts-at",
      paramLabel = "TIME",
      description = "the first run of --every, as 2026-01-31T08:00:00Z")
  private @Nullable String startsAt;

  @Option(names = "--at", paramLabel = "TIME", description = "runs once, at this time")
  private @Nullable String once;

  @Option(
      names = "--overlap",
      paramLabel = "POLICY",
      description = "skip, queue or cancel, while a run before it is not over (default: skip)")
  private @Nullable String overlap;

  @Option(
      names = "--catch-up",
      paramLabel = "N",
      description = "how many missed runs are made afterwards (default: 1)")
  private @Nullable Integer catchUp;

  @Option(
      names = "--jitter",
      paramLabel = "SECONDS",
      description = "up to how much later a run is made, at random")
  private @Nullable Integer jitter;

  @Option(names = "--timeout", paramLabel = "SECONDS", description = "how long a run may take")
  private @Nullable Integer timeout;

  @Option(
      names = "--idle-timeout",
      paramLabel = "SECONDS",
      description = "how long a run may give no sign")
  private @Nullable Integer idleTimeout;

  @Option(names = "--max-attempts", paramLabel = "N")
  private @Nullable Integer maxAttempts;

  @Option(
      names = "--concurrency-key",
      paramLabel = "KEY",
      description = "one task of a key runs at a time (default: a key of the schedule's own)")
  private @Nullable String key;

  Map<String, Object> body(Session session, String workspace, @Nullable String title) {
    return Session.body(
        "title", title,
        "prompt", prompt,
        "agent_id", agent == null ? null : Table.member(session.agent(workspace, agent), "id"),
        "provider", provider,
        "labels", labels,
        "priority", priority,
        "cron", cron,
        "time_zone", timeZone,
        "every_seconds", every,
        "starts_at", startsAt,
        "at", once,
        "overlap", overlap,
        "catch_up", catchUp,
        "jitter_seconds", jitter,
        "timeout_seconds", timeout,
        "idle_timeout_seconds", idleTimeout,
        "max_attempts", maxAttempts,
        "concurrency_key", key);
  }
}
