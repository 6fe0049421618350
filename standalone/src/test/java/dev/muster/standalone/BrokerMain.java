package dev.muster.standalone;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/// An [EmbeddedBroker] as a process of its own, until it is ended.
final class BrokerMain {
  private BrokerMain() {}

  /// Starts the broker.
  ///
  /// @param arguments the directory and the port
  public static void main(String[] arguments) throws IOException, InterruptedException {
    var broker = EmbeddedBroker.start(Path.of(arguments[0]), Integer.parseInt(arguments[1]));
    Runtime.getRuntime().addShutdownHook(new Thread(broker::close));
    new CountDownLatch(1).await();
  }
}
