package dev.muster.api.schedule;

import dev.muster.api.agent.RunLimits;
import dev.muster.api.edge.Input;
import dev.muster.api.edge.Limits;
import dev.muster.tasks.command.Priority;
import dev.muster.tasks.command.TaskTerms;
import dev.muster.tasks.schedule.Overlap;
import dev.muster.tasks.schedule.Schedule;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What a client may say about a schedule. On a change, null leaves a field as it is.
///
/// @param timeoutSeconds 0 for what is usual
/// @param idleTimeoutSeconds 0 for what is usual
/// @param concurrencyKey empty for one of the schedule's own
record ScheduleFields(
    @Nullable String title,
    @Nullable String prompt,
    @Nullable String agentId,
    @Nullable String provider,
    @Nullable JsonNode labels,
    @Nullable String priority,
    @Nullable Integer timeoutSeconds,
    @Nullable Integer idleTimeoutSeconds,
    @Nullable String concurrencyKey,
    @Nullable Integer maxAttempts,
    @Nullable String cron,
    @Nullable String timeZone,
    @Nullable Integer everySeconds,
    @Nullable String startsAt,
    @Nullable String at,
    @Nullable String overlap,
    @Nullable Integer catchUp,
    @Nullable Integer jitterSeconds) {
  private static final int CATCH_UP_MAX = 100;
  private static final int JITTER_MAX_SECONDS = 3_600;

  /// What a schedule's tasks are, and how it makes them.
  record Checked(
      String title,
      @Nullable String prompt,
      Priority priority,
      dev.muster.tasks.command.Limits limits,
      @Nullable String concurrencyKey,
      int maxAttempts,
      Overlap overlap,
      int catchUp,
      int jitterSeconds) {}

  Checked asNew() {
    return new Checked(
        Input.required("title", title, Limits.NAME),
        Input.optional("prompt", prompt, Limits.TEXT),
        Input.priority(priority),
        RunLimits.ofTask(orNone(timeoutSeconds), orNone(idleTimeoutSeconds)),
        Input.key("concurrency_key", concurrencyKey),
        attempts(TaskTerms.ATTEMPTS),
        overlap == null ? Overlap.SKIP : Overlap.of(checkedOverlap(overlap)),
        catchUp(1),
        jitter(0));
  }

  Checked over(Schedule before) {
    return new Checked(
        title == null ? before.title() : Input.required("title", title, Limits.NAME),
        prompt == null ? before.prompt() : Input.optional("prompt", prompt, Limits.TEXT),
        priority == null || priority.isEmpty()
            ? Priority.of(before.priority())
            : Input.priority(priority),
        RunLimits.ofTask(
            timeoutSeconds == null ? before.timeoutSeconds() : orNone(timeoutSeconds),
            idleTimeoutSeconds == null ? before.idleTimeoutSeconds() : orNone(idleTimeoutSeconds)),
        concurrencyKey == null
            ? before.concurrencyKey()
            : Input.key("concurrency_key", concurrencyKey),
        attempts(before.maxAttempts()),
        Overlap.of(overlap == null ? before.overlap() : checkedOverlap(overlap)),
        catchUp(before.catchUp()),
        jitter(before.jitterSeconds()));
  }

  /// Whether it says who is to do the work.
  boolean namesAgent() {
    return agentId != null || provider != null || (labels != null && !labels.isNull());
  }

  private static @Nullable Integer orNone(@Nullable Integer seconds) {
    return seconds != null && seconds == 0 ? null : seconds;
  }

  private int attempts(int otherwise) {
    return maxAttempts == null
        ? otherwise
        : Input.between("max_attempts", maxAttempts, 1, TaskTerms.ATTEMPTS_MAX);
  }

  private static String checkedOverlap(String overlap) {
    return Input.oneOf("overlap", overlap, Overlap.words());
  }

  private int catchUp(int otherwise) {
    return catchUp == null ? otherwise : Input.between("catch_up", catchUp, 0, CATCH_UP_MAX);
  }

  private int jitter(int otherwise) {
    return jitterSeconds == null
        ? otherwise
        : Input.between("jitter_seconds", jitterSeconds, 0, JITTER_MAX_SECONDS);
  }
}
