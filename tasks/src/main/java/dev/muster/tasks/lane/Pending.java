package dev.muster.tasks.lane;

import dev.muster.events.trace.TraceContext;
import dev.muster.tasks.command.TaskCommand;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// A command whose answer somebody waits for.
sealed interface Pending permits Request, StandingClaim {
  TaskCommand<?> command();

  /// When it was last given to a lane, by [System#nanoTime].
  long submittedNanos();

  /// What asks, where that is traced and the command may make tasks.
  @Nullable TraceContext trace();

  /// Completed with what was answered, or with why it could not be.
  CompletableFuture<Object> answer();
}
