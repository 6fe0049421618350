package dev.muster.events;

import java.util.List;
import java.util.regex.Pattern;

/// What belongs to one installation on a Kafka that it may share with others: topics, consumer
/// group, transactional ids and client ids. All of the names begin with the same prefix.
public record FeedNames(String prefix) {
  /// Kafka takes topics of 249 characters; what follows the prefix must fit too.
  private static final int LENGTH_MAX = 200;

  private static final Pattern LEGAL =
      Pattern.compile("[A-Za-z0-9](?:[A-Za-z0-9_-]|\\.(?![.]|$)){0," + (LENGTH_MAX - 1) + "}");

  public static final FeedNames DEFAULT = new FeedNames("muster");

  public FeedNames {
    if (!LEGAL.matcher(prefix).matches()) {
      throw new IllegalArgumentException(
          "muster.feed.prefix (MUSTER_FEED_PREFIX) is \"%s\", and must be 1 to %d of the characters a-z, A-Z, 0-9, '.', '_' and '-', begin with a letter or digit, and have no dot at its end nor after another"
              .formatted(prefix, LENGTH_MAX));
    }
  }

  /// Every event, keyed by workspace id, in the workspace's order.
  public String events() {
    return topic("events");
  }

  /// The latest state of each task, keyed by task id, compacted.
  public String tasks() {
    return topic("tasks");
  }

  /// Progress of running tasks, keyed by task id: high volume, kept for hours, not part of the
  /// ordered feed.
  public String output() {
    return topic("output");
  }

  /// Records that a consumer could not take, with the reason in their headers.
  public String deadLetters() {
    return topic("dead-letters");
  }

  /// Dead letters that are to be taken once more, by those who could not take them.
  public String redriven() {
    return topic("redriven");
  }

  public List<String> topics() {
    return List.of(events(), tasks(), output(), deadLetters(), redriven());
  }

  /// Whether a topic is one that only this installation writes to.
  public boolean isOurs(String topic) {
    return topic.startsWith(topic(""));
  }

  /// The group in which dispatchers share the events.
  public String dispatchers() {
    return prefix + "-dispatcher";
  }

  /// Whether a group is not for others to join.
  public boolean isOurGroup(String group) {
    return group.startsWith(prefix + "-");
  }

  /// What the broker tells a writer by from the one before it.
  ///
  /// @param writer tells the writers of one installation apart
  public String transactionalId(String writer) {
    return prefix + "-publisher-" + writer;
  }

  /// What the broker knows a client by.
  ///
  /// @param client what the client is for
  public String clientId(String client) {
    return prefix + "-" + client;
  }

  private String topic(String name) {
    return prefix + "." + name;
  }
}
