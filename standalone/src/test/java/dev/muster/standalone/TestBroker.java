package dev.muster.standalone;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.common.utils.Exit;

/// Kafka as tests start it: a broker that gives up ends its own thread and says why. It would end
/// the JVM, and with it tests that have nothing to do with it, without a word.
public final class TestBroker {
  static {
    Exit.setExitProcedure((status, message) -> giveUp(status, message));
    Exit.setHaltProcedure((status, message) -> giveUp(status, message));
  }

  private TestBroker() {}

  /// Starts one on the directory, with what was in it, that lets everybody on this machine do
  /// everything.
  ///
  /// @param port 0 for any that is free
  public static EmbeddedBroker start(Path directory, int port) throws IOException {
    return EmbeddedBroker.start(directory, port);
  }

  /// Starts one that only those who log in may write to.
  ///
  /// @param more further settings of the broker
  static EmbeddedBroker startGuarded(Path directory, Map<String, String> more) throws IOException {
    return EmbeddedBroker.startGuarded(directory, 0, more);
  }

  private static void giveUp(int status, String message) {
    var reason =
        new IllegalStateException("a broker gave up with %d: %s".formatted(status, message));
    reason.printStackTrace();
    throw reason;
  }
}
