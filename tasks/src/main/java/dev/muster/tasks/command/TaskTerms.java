package dev.muster.tasks.command;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// How a new task is to be run.
///
/// @param priority the weight of a [Priority]
/// @param runAfter not before this
/// @param limits how long it may run, where it is not as long as its agent's runs usually may
/// @param concurrencyKey of all tasks of the workspace with this key, one runs at a time
/// @param maxAttempts how often it is tried
public record TaskTerms(
    int priority,
    @Nullable Instant runAfter,
    Limits limits,
    @Nullable String concurrencyKey,
    int maxAttempts) {
  public static final int ATTEMPTS = 2;
  public static final int ATTEMPTS_MAX = 20;

  public static TaskTerms of(Priority priority) {
    return new TaskTerms(priority.weight(), null, Limits.NONE, null, ATTEMPTS);
  }
}
