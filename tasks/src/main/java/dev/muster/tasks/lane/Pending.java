package dev.muster.tasks.lane;

import dev.muster.tasks.command.TaskCommand;
import java.util.concurrent.CompletableFuture;

/// A command whose answer somebody waits for.
sealed interface Pending permits Request, StandingClaim {
  TaskCommand<?> command();

  /// Completed with what was answered, or with why it could not be.
  CompletableFuture<Object> answer();
}
