package dev.muster.standalone;

import java.util.List;
import java.util.UUID;

/// Runtimes at work. What works for them is not the tests' business: they see what was done, and
/// what its makers were answered stands in the [dev.muster.standalone.guarantee.Guarantees].
interface Crew extends AutoCloseable {
  /// How many distinct tasks were completed.
  int completed();

  /// Whether a worker has the task in hand.
  boolean holds(UUID task);

  /// The answers that no worker should ever get: refusals that are neither a lost claim nor a
  /// reason to try again.
  List<String> refusals();

  /// Lets go of everything, and returns when nobody works any more.
  @Override
  void close();
}
