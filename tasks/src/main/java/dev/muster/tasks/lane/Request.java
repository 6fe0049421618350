package dev.muster.tasks.lane;

import dev.muster.events.trace.TraceContext;
import dev.muster.tasks.command.TaskCommand;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// A command that is decided once.
record Request(
    TaskCommand<?> command,
    @Nullable TraceContext trace,
    long submittedNanos,
    CompletableFuture<Object> answer)
    implements Pending {
  Request(TaskCommand<?> command, @Nullable TraceContext trace) {
    this(command, trace, System.nanoTime(), new CompletableFuture<>());
  }
}
