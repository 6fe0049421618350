package dev.muster.events.feed;

/// Kafka holds events that are not of this database's history: it was put back to an earlier time,
/// or the topic is another database's. What it published would not go on where Kafka ends, so
/// nothing is published until somebody has decided which of them counts.
final class OtherHistory extends RuntimeException {
  private static final long serialVersionUID = 1L;

  OtherHistory(String sentence) {
    super(
        sentence
            + "; nothing is published. If Postgres was put back to an earlier time, begin a new epoch:"
            + " ./muster new-epoch");
  }
}
