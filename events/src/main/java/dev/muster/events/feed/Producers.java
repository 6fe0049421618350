package dev.muster.events.feed;

import java.time.Duration;
import org.apache.kafka.clients.producer.Producer;

/// The Kafka producers of those who write the feed.
final class Producers {
  private static final Duration CLOSE_AT_MOST = Duration.ofSeconds(1);

  private Producers() {}

  /// Gives up what is open. A producer does not let itself be closed by an interrupted thread.
  static void close(Producer<byte[], byte[]> producer) {
    var interrupted = Thread.interrupted();
    producer.close(CLOSE_AT_MOST);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
