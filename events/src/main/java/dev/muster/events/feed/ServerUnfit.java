package dev.muster.events.feed;

/// A Postgres or a Kafka that cannot do what Muster needs, found out before anything is changed
/// there. The message says what to do, and is a sentence without its end.
public final class ServerUnfit extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ServerUnfit(String sentence) {
    super(sentence);
  }
}
