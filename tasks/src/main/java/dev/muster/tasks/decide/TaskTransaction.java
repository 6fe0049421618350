package dev.muster.tasks.decide;

import dev.muster.tasks.command.TaskCommand;
import java.util.List;

/// A transaction in which a batch of commands is loaded and written.
public interface TaskTransaction extends AutoCloseable {
  /// Locks and loads what the commands are about.
  ///
  /// @param skipsLocked whether to leave out what somebody else has locked, rather than wait for it
  Situation load(List<? extends TaskCommand<?>> commands, boolean skipsLocked);

  /// Writes what was decided, and commits if the transaction is the batch's own.
  void write(Changes changes);

  /// Rolls back what was not committed.
  @Override
  void close();
}
