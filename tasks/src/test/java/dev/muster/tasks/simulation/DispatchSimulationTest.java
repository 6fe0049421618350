package dev.muster.tasks.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.events.task.DeadlineReason;
import dev.muster.events.task.FailureReason;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Dispatching under every fault that can be thought of, in virtual time.
///
/// A run is a function of its seed: people, daemons of both kinds, two instances of the server with
/// a lane each, a dispatcher, a sweeper, and a network and crashes that spare nobody. The Decider
/// and the lanes are the real ones; the tables are in memory. After each step the invariants are
/// held against the rows and the events; then the faults are switched off, the clock runs on, and
/// every task must come to its end, or wait for a reason that can be named.
///
/// A run that breaks an invariant is made again to tell what happened in it. `-Dmuster.test.seeds`
/// says how many runs there are, `-Dmuster.test.seed` makes one of them.
class DispatchSimulationTest {
  private static final int SEEDS = Integer.getInteger("muster.test.seeds", 1_000);

  /// From how many runs on everything that can happen must have happened.
  private static final int SEEDS_REPRESENTATIVE = 1_000;

  @Test
  void whateverGoesWrongEveryInvariantHoldsAndEveryTaskComesToAnEnd() {
    var one = Long.getLong("muster.test.seed");
    var seen = new TreeSet<String>();
    (one == null ? LongStream.range(0, SEEDS) : LongStream.of(one))
        .forEach(seed -> {
          try {
            new Simulation(seed, false, seen).run();
          } catch (Violation | RuntimeException e) {
            throw tell(seed, e);
          }
        });
    if (one == null && SEEDS >= SEEDS_REPRESENTATIVE) {
      assertThat(seen).containsAll(everythingThatCanHappen());
    }
  }

  private static AssertionError tell(long seed, Throwable why) {
    var again = new Simulation(seed, true, new TreeSet<>());
    try {
      again.run();
    } catch (Violation | RuntimeException _) {
      // The same as before.
    }
    return new AssertionError(
        "-Dmuster.test.seed=%d: %s\n%s".formatted(seed, why, String.join("\n", again.trace())),
        why);
  }

  /// What a task's life is made of, what reports are answered, and what goes wrong.
  private static List<String> everythingThatCanHappen() {
    var events =
        Stream.of(
            "queued",
            "assigned",
            "dispatched",
            "running",
            "ready",
            "coalesced",
            "cancel_requested",
            "requeued",
            "completed",
            "failed",
            "cancelled");
    var answers =
        Stream.of(
            "Start Accepted",
            "Start Fenced",
            "Prepare Accepted",
            "Complete Accepted",
            "Complete Late",
            "Fail Accepted",
            "Fail Late",
            "Fail Fenced",
            "Release Accepted",
            "AcknowledgeCancel Accepted",
            "KeepSession Accepted",
            "KeepSession Fenced",
            "Cancel Cancelled",
            "Cancel Over",
            "Create Created",
            "Create MadeBefore",
            "Claim Claimed",
            "Claim Nothing",
            "Claim MadeBefore",
            "Rerun made",
            "Redrive made");
    var reasons =
        Arrays.stream(FailureReason.values())
            .filter(reason ->
                reason.isOwn()
                    || reason == FailureReason.AGENT_ERROR
                    || reason == FailureReason.PROVIDER_UNAVAILABLE)
            .filter(reason -> reason != FailureReason.CLAIMED_TOO_OFTEN)
            .map(reason -> "ended: " + reason);
    var deadlines = Arrays.stream(DeadlineReason.values()).map(reason -> "passed: " + reason);
    var faults =
        Stream.of(
            "a batch of several",
            "a claim served with a create",
            "decided alone",
            "locked by somebody else",
            "two batches at once",
            "delivered again",
            "lost before the commit",
            "lost after the commit",
            "Postgres away",
            "a wait for a lock that took too long");
    return Stream.of(events, answers, reasons, deadlines, faults).flatMap(each -> each).toList();
  }
}
