package dev.muster.events.feed;

/// The feed cannot be where the settings put it: its topics are another installation's, or may not
/// be made.
public final class FeedRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  FeedRefused(String sentence) {
    super(sentence);
  }
}
