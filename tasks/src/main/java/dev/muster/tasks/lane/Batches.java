package dev.muster.tasks.lane;

import dev.muster.events.trace.TraceContext;
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
import org.jspecify.annotations.Nullable;

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
  ///
  /// @param traces what asked for each; empty where none is traced
  public Decision run(
      List<? extends TaskCommand<?>> commands,
      List<@Nullable TraceContext> traces,
      boolean skipsLocked) {
    Decision decision;
    try (var transaction = transactions.begin()) {
      decision = decide(commands, traces, transaction, skipsLocked);
      transaction.write(decision.changes());
    }
    committed.accept(decision.changes());
    return decision;
  }

  /// Decides a command in a transaction that somebody else commits.
  Decision within(
      TaskCommand<?> command, @Nullable TraceContext trace, TaskTransaction transaction) {
    var decision = decide(List.of(command), traces(trace), transaction, false);
    transaction.write(decision.changes());
    return decision;
  }

  private Decision decide(
      List<? extends TaskCommand<?>> commands,
      List<@Nullable TraceContext> traces,
      TaskTransaction transaction,
      boolean skipsLocked) {
    var decision =
        decider.decide(
            commands, transaction.load(commands, skipsLocked), random.get(), skipsLocked);
    return traces.isEmpty()
        ? decision
        : new Decision(
            decision.changes().traced(MadeTraces.of(commands, traces, decision)),
            decision.answers());
  }

  /// What asked for a single command.
  static List<@Nullable TraceContext> traces(@Nullable TraceContext trace) {
    return trace == null ? List.of() : List.of(trace);
  }

  void committed(Changes changes) {
    committed.accept(changes);
  }
}
