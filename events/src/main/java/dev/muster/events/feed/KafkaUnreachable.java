package dev.muster.events.feed;

/// Kafka does not answer, or refuses to create the topics, while Muster starts.
public final class KafkaUnreachable extends RuntimeException {
  private static final long serialVersionUID = 1L;

  KafkaUnreachable(String sentence, Throwable cause) {
    super(sentence, cause);
  }
}
