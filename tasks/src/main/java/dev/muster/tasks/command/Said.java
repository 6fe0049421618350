package dev.muster.tasks.command;

import dev.muster.events.task.Command;
import dev.muster.events.task.FailureReason;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What a runtime says of a task that it holds.
public sealed interface Said {
  /// The row of [Command]'s table that answers it.
  Command command();

  /// The run begins.
  record Start() implements Said {
    @Override
    public Command command() {
      return Command.START;
    }
  }

  /// The runtime is still getting ready to start.
  record Prepare() implements Said {
    @Override
    public Command command() {
      return Command.PREPARE;
    }
  }

  /// The run ended well.
  ///
  /// @param result Multica's result object, as JSON
  /// @param output what the agent says; it becomes the agent's comment unless empty
  /// @param under the comment that the agent's one stands under; null for none
  record Complete(String result, String output, @Nullable UUID under, LeftSession session)
      implements Said {
    public Complete(String result, String output, LeftSession session) {
      this(result, output, null, session);
    }

    @Override
    public Command command() {
      return Command.COMPLETE;
    }
  }

  /// The run, or what came before it, went wrong.
  ///
  /// @param error what went wrong; it becomes the agent's comment unless empty, or unless the task
  ///   is tried again
  record Fail(FailureReason reason, String error, LeftSession session) implements Said {
    @Override
    public Command command() {
      return reason.isRetried() ? Command.FAIL_RETRIED : Command.FAIL;
    }
  }

  /// The runtime gives the task back unharmed.
  record Release() implements Said {
    @Override
    public Command command() {
      return Command.RELEASE;
    }
  }

  /// The runtime has ended the run as it was asked to.
  record AcknowledgeCancel() implements Said {
    @Override
    public Command command() {
      return Command.ACKNOWLEDGE_CANCEL;
    }
  }

  /// Where another attempt on this runtime can go on.
  record KeepSession(LeftSession session) implements Said {
    @Override
    public Command command() {
      return Command.WRITE;
    }
  }

  /// The session a run has left, for the next one to go on with. Null where the daemon says none.
  record LeftSession(@Nullable String id, @Nullable String workDir) {
    public static final LeftSession NONE = new LeftSession(null, null);
  }
}
