package dev.muster.client.runtime;

import dev.muster.client.Claim;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;

/// What the processes of a run carry in their environment, so that they are found when nobody knows
/// them any more: after the runtime's process was killed, or when their parents are gone and they
/// have left the command's process group.
///
/// The idea is the build cookie of Jenkins. Nothing has to be written down when a process starts,
/// so there is no moment in which one is missed, and an id that was given to another process
/// meanwhile is not taken for the old one. It works where there is `/proc`. A process that is meant
/// to outlive its task gets rid of the variable.
///
/// @param value of a runtime's directory, or of one run of it
record RunMark(String value) {
  static final String VARIABLE = "MUSTER_RUN";

  private static final int SHORT = 8;
  private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

  /// Enough of it to tell two directories of a machine apart.
  String shortName() {
    return value.substring(0, Math.min(SHORT, value.length()));
  }

  /// The mark of one run.
  RunMark of(Claim claim) {
    return new RunMark(value + "/" + claim.task() + "/" + claim.generation());
  }

  /// The processes that carry this mark, or for a runtime's that of any of its runs, and what they
  /// have started.
  Set<ProcessHandle> carriers() {
    var found = new LinkedHashSet<ProcessHandle>();
    for (var process :
        ProcessTable.withVariable(
            VARIABLE, carried -> carried.equals(value) || carried.startsWith(value + "/"))) {
      found.add(process);
      process.descendants().forEach(found::add);
    }
    // Whoever is started by a run may start a runtime.
    for (var own = ProcessHandle.current(); own != null; own = own.parent().orElse(null)) {
      found.remove(own);
    }
    return found;
  }

  /// Asks all carriers to end, and ends by force what has not ended by then.
  ///
  /// @return how many there were
  int endCarriers(Duration grace) throws InterruptedException {
    var found = carriers();
    found.forEach(ProcessHandle::destroy);
    awaitEnd(found, grace);
    var rest = carriers();
    rest.addAll(found);
    rest.removeIf(process -> !ProcessTable.runs(process));
    rest.forEach(ProcessHandle::destroyForcibly);
    awaitEnd(rest, grace);
    return found.size();
  }

  private static void awaitEnd(Set<ProcessHandle> processes, Duration atMost)
      throws InterruptedException {
    var until = System.nanoTime() + atMost.toNanos();
    while (processes.stream().anyMatch(ProcessTable::runs) && System.nanoTime() < until) {
      Thread.sleep(LOOK_AGAIN);
    }
  }
}
