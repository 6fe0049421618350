package dev.muster.tasks.lane;

import dev.muster.tasks.command.TaskCommand;
import dev.muster.tasks.decide.Changes;
import dev.muster.tasks.decide.Decider;
import dev.muster.tasks.decide.Decision;
import dev.muster.tasks.decide.TaskTransaction;
import dev.muster.tasks.decide.TaskTransactions;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/// Makes batches: locks and loads, decides, writes and commits.
///
/// If the process dies before the commit, nothing happened; after it, everything did, and nobody
/// was answered: who asks again is answered from what is there.
public final class Batches {
  private final TaskTransactions transactions;
  private final Decider decider;
  private final Supplier<? extends RandomGenerator> random;
  private final Consumer<Changes> committed;

  /// @param committed told of what a batch has changed, after its commit
  public Batches(
      TaskTransactions transactions,
      Decider decider,
      Supplier<? extends RandomGenerator> random,
      Consumer<Changes> committed) {
    this.transactions = transactions;
    this.decider = decider;
    this.random = random;
    this.committed = committed;
  }

  /// Decides commands in a transaction of their own.
  public Decision run(List<? extends TaskCommand<?>> commands, boolean skipsLocked) {
    Decision decision;
    try (var transaction = transactions.begin()) {
      decision = decide(commands, transaction, skipsLocked);
      transaction.write(decision.changes());
    }
    committed.accept(decision.changes());
    return decision;
  }

  /// Decides commands in a transaction that somebody else commits.
  Decision within(List<? extends TaskCommand<?>> commands, TaskTransaction transaction) {
    var decision = decide(commands, transaction, false);
    transaction.write(decision.changes());
    return decision;
  }

  private Decision decide(
      List<? extends TaskCommand<?>> commands, TaskTransaction transaction, boolean skipsLocked) {
    return decider.decide(
        commands, transaction.load(commands, skipsLocked), random.get(), skipsLocked);
  }

  void committed(Changes changes) {
    committed.accept(changes);
  }
}
