package dev.muster.tasks.simulation;

import java.util.SplittableRandom;

/// How likely each fault is in a run.
///
/// @param crash of a process, at each of its steps
/// @param overlap of two instances' batches
/// @param database that Postgres is away, or lets nobody wait any longer
record Faults(
    double loss, double doubling, double slowness, double crash, double overlap, double database) {
  static final Faults NONE = new Faults(0, 0, 0, 0, 0.05, 0);

  /// Some runs are spared a kind of fault altogether, so that others show more clearly.
  static Faults some(SplittableRandom random) {
    return new Faults(
        random.nextInt(4) == 0 ? 0 : random.nextDouble(0.15),
        random.nextInt(3) == 0 ? 0 : random.nextDouble(0.15),
        random.nextInt(3) == 0 ? 0 : random.nextDouble(0.15),
        random.nextInt(3) == 0 ? 0 : random.nextDouble(0.01),
        random.nextInt(3) == 0 ? 0 : random.nextDouble(0.5),
        random.nextInt(2) == 0 ? 0 : random.nextDouble(0.02));
  }
}
