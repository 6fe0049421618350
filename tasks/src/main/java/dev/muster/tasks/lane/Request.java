package dev.muster.tasks.lane;

import dev.muster.tasks.command.TaskCommand;
import java.util.concurrent.CompletableFuture;

/// A command that is decided once.
record Request(TaskCommand<?> command, CompletableFuture<Object> answer) implements Pending {
  Request(TaskCommand<?> command) {
    this(command, new CompletableFuture<>());
  }
}
