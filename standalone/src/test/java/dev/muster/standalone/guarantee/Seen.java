package dev.muster.standalone.guarantee;

import java.time.Instant;
import java.util.UUID;

/// What a client was answered.
///
/// @param at when, by the client's clock: for people, nothing is decided by it
public record Seen(What what, Claim claim, Instant at) {
  /// What the answer said.
  public enum What {
    /// The task was made.
    CREATED,
    /// The task is the runtime's.
    CLAIMED,
    /// The start was taken: the agent runs.
    STARTED,
    /// The final report was taken.
    COMPLETED,
    /// 409: the claim is over.
    FENCED
  }

  /// A task in the hands of somebody.
  ///
  /// @param generation 0 while nobody claimed it
  /// @param slot which of the runtime's workers it is
  public record Claim(UUID task, long generation, UUID runtime, String slot) {
    static final UUID NOBODY = new UUID(0, 0);

    static Claim of(UUID task) {
      return new Claim(task, 0, NOBODY, "");
    }
  }

  UUID task() {
    return claim.task();
  }

  /// The task and the generation: one claim.
  String key() {
    return claim.task() + " generation " + claim.generation();
  }
}
