package dev.muster.standalone;

import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.common.utils.Exit;
import org.jspecify.annotations.Nullable;

/// What happens when the embedded broker gives up, as it does when it cannot write: it would end
/// this process at once, with Postgres left behind.
final class BrokerEnd {
  private BrokerEnd() {}

  /// Has the process end in order instead.
  static void leadsTo(Stop stop) {
    Exit.setExitProcedure((_, message) -> end(stop, message));
    Exit.setHaltProcedure((_, message) -> end(stop, message));
  }

  private static void end(Stop stop, @Nullable String message) {
    stop.fail(
        "Kafka gave up%s, so Muster ends; the log says why, and a full disk or too few open files are the usual causes."
            .formatted(message == null ? "" : " (" + message + ")"));
    // Whoever ends a process counts on not coming back.
    while (true) {
      LockSupport.park();
    }
  }
}
