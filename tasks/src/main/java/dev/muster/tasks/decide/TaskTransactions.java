package dev.muster.tasks.decide;

/// Where tasks are kept: Postgres, or memory in the simulation.
public interface TaskTransactions {
  /// Begins a transaction of its own.
  TaskTransaction begin();
}
