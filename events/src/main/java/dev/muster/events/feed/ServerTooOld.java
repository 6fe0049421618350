package dev.muster.events.feed;

/// A Postgres or a Kafka that cannot do what Muster needs, found out before anything is changed
/// there. The message is a sentence without its end.
public final class ServerTooOld extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ServerTooOld(String sentence) {
    super(sentence);
  }
}
