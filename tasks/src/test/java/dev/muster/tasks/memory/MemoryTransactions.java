package dev.muster.tasks.memory;

import dev.muster.events.id.WorkspaceId;
import dev.muster.tasks.command.TaskCommand;
import dev.muster.tasks.decide.Changes;
import dev.muster.tasks.decide.Situation;
import dev.muster.tasks.decide.TaskTransaction;
import dev.muster.tasks.decide.TaskTransactions;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.dao.CannotAcquireLockException;

/// Tasks in memory: loads, locks, guards and writes as the statements in Postgres do.
///
/// One thread drives it. Transactions may still overlap: whoever drives it may begin one between
/// another one's load and its write, and then what the other has locked is left out, or, where
/// Postgres would wait, refused as when a wait has lasted too long.
public final class MemoryTransactions implements TaskTransactions {
  final Rows rows;
  private final Map<Object, Transaction> locks = new HashMap<>();
  private Watcher watcher = new Watcher() {};

  public MemoryTransactions(Rows rows) {
    this.rows = rows;
  }

  /// Is asked at each step of a transaction, and may throw what can go wrong there.
  public interface Watcher {
    default void beginning() {}

    default void loaded() {}

    default void committing(Changes changes) {}

    default void committed(Changes changes) {}
  }

  public void watch(Watcher with) {
    watcher = with;
  }

  @Override
  public TaskTransaction begin() {
    watcher.beginning();
    return new Transaction();
  }

  /// Locks rows that nobody changes, as somebody else's transaction might, until it is closed.
  public Held hold(List<?> ids) {
    var holder = new Transaction();
    ids.forEach(id -> holder.lock(id, true));
    return holder::close;
  }

  /// Locks that are held.
  public interface Held extends AutoCloseable {
    @Override
    void close();
  }

  public boolean isAnythingLocked() {
    return !locks.isEmpty();
  }

  final class Transaction implements TaskTransaction {
    private final Set<Object> held = new HashSet<>();
    private final Map<WorkspaceId, Integer> numbers = new HashMap<>();

    @Override
    public Situation load(List<? extends TaskCommand<?>> commands, boolean skipsLocked) {
      var situation = new MemoryLoad(rows, this, skipsLocked).load(commands);
      watcher.loaded();
      return situation;
    }

    @Override
    public void write(Changes changes) {
      watcher.committing(changes);
      new MemoryWrite(rows).write(changes);
      numbers.forEach((id, taken) ->
          rows.workspaces.computeIfPresent(
              id, (_, row) -> new Rows.Workspace(row.issuePrefix(), row.last() + taken)));
      release();
      watcher.committed(changes);
    }

    @Override
    public void close() {
      release();
    }

    private void release() {
      held.forEach(locks::remove);
      held.clear();
    }

    /// Takes numbers for new issues: they are gone with the commit, used or not.
    void take(WorkspaceId workspace, int count) {
      numbers.put(workspace, count);
    }

    /// Locks a row, and returns whether it is locked. One that somebody else has locked is skipped,
    /// or fails the transaction.
    boolean lock(Object id, boolean skips) {
      var owner = locks.putIfAbsent(id, this);
      if (owner != null && owner != this) {
        if (skips) {
          return false;
        }
        throw new CannotAcquireLockException("somebody else has locked " + id);
      }
      held.add(id);
      return true;
    }
  }
}
