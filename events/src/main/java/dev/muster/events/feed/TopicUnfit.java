package dev.muster.events.feed;

/// A topic that exists has other settings than the feed rests on.
public final class TopicUnfit extends RuntimeException {
  private static final long serialVersionUID = 1L;

  TopicUnfit(String sentence) {
    super(sentence);
  }
}
