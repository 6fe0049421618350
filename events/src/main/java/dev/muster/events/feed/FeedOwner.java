package dev.muster.events.feed;

import dev.muster.events.FeedNames;
import org.apache.kafka.common.errors.AuthorizationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks whether the feed under a prefix is this database's, before anything is written there and
/// anybody is fenced: two installations under one prefix would take the transactional ids from each
/// other for ever, and share a consumer group.
final class FeedOwner {
  private static final Logger log = LoggerFactory.getLogger(FeedOwner.class);

  private final FeedNames names;
  private final PartitionCounts partitions;
  private final PublishedTail tail;

  FeedOwner(FeedNames names, PartitionCounts partitions, PublishedTail tail) {
    this.names = names;
    this.partitions = partitions;
    this.tail = tail;
  }

  /// @throws FeedRefused if this database's feed is under another prefix: one role that was not
  ///   told of it would write half of the events elsewhere
  void requireNotElsewhere() {
    partitions
        .elsewhere(names.events())
        .ifPresent(topic -> {
          var prefix = topic.substring(0, topic.lastIndexOf('.'));
          throw new FeedRefused(
              "This database's feed is in the topics %s.*, and muster.feed.prefix (MUSTER_FEED_PREFIX) is %s; set it to %s for both roles, or move the feed as docs/deploy.md says"
                  .formatted(prefix, names.prefix(), prefix));
        });
  }

  /// @throws FeedRefused if the topic of events is there, and another database's
  void requireOurs() {
    try {
      tail.strangersEpoch()
          .ifPresent(epoch -> {
            throw new FeedRefused(
                "The topic %s is another installation's: it ends with events of the epoch %s, which this database never had; set muster.feed.prefix (MUSTER_FEED_PREFIX) to a name that no other installation on this Kafka has"
                    .formatted(names.events(), epoch));
          });
    } catch (AuthorizationException e) {
      // Whoever may not read is told so as a consumer, and publishes nothing either.
      log.atWarn()
          .addKeyValue("topic", names.events())
          .addKeyValue("reason", String.valueOf(e.getMessage()))
          .log("Whose the feed is cannot be seen");
    }
  }
}
