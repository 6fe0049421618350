package dev.muster.events.feed;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes the topics that are missing. Those that somebody has made beforehand need no right to make
/// any.
final class TopicCreation {
  private static final Logger log = LoggerFactory.getLogger(TopicCreation.class);
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration NOT_YET = Duration.ofMillis(50);

  private final Admin client;
  private final String address;
  private final int brokers;

  TopicCreation(Admin client, String address, int brokers) {
    this.client = client;
    this.address = address;
    this.brokers = brokers;
  }

  /// Those of them that do not exist.
  List<WantedTopic> missing(List<WantedTopic> wanted) throws InterruptedException {
    var described =
        client.describeTopics(wanted.stream().map(WantedTopic::name).toList()).topicNameValues();
    var missing = new ArrayList<WantedTopic>();
    for (var topic : wanted) {
      try {
        var _ = get(topic.name(), described);
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
          throw refused(topic.name(), e);
        }
        missing.add(topic);
      }
    }
    return List.copyOf(missing);
  }

  void create(List<WantedTopic> topics) throws InterruptedException {
    var created =
        client.createTopics(topics.stream().map(topic -> topic.asNew(brokers)).toList()).values();
    var forbidden = new ArrayList<String>();
    for (var topic : topics) {
      try {
        var _ = get(topic.name(), created);
      } catch (ExecutionException e) {
        switch (e.getCause()) {
          case TopicExistsException _ -> {}
          case AuthorizationException _ -> forbidden.add(topic.name());
          case PolicyViolationException policy -> createPlainer(topic, policy);
          case InvalidConfigurationException refusal -> createPlainer(topic, refusal);
          case null, default -> throw refused(topic.name(), e);
        }
      }
    }
    if (!forbidden.isEmpty()) {
      throw new FeedRefused(
          "Kafka at %s does not let Muster create topics, and these do not exist: %s; have them made as docs/deploy.md says, or grant Create"
              .formatted(address, forbidden.stream().collect(Collectors.joining(", "))));
    }
  }

  /// Some brokers refuse settings of topics, whatever their value. What the topic would have
  /// without being told need not be said.
  private void createPlainer(WantedTopic topic, Exception refusal) throws InterruptedException {
    try {
      var plainer = topic.asNew(brokers, withoutSettings(topic));
      var _ = get(topic.name(), client.createTopics(List.of(plainer)).values());
      log.atInfo()
          .addKeyValue("topic", topic.name())
          .addKeyValue("reason", String.valueOf(refusal.getMessage()))
          .log("A topic is made without the settings that Kafka has by itself");
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw new FeedRefused(
            "Kafka at %s refuses the settings of the topic %s (%s); have it made as docs/deploy.md says"
                .formatted(address, topic.name(), refusal.getMessage()));
      }
    }
  }

  private Config withoutSettings(WantedTopic topic)
      throws InterruptedException, ExecutionException {
    NewTopic bare = topic.bare(brokers);
    var options = new CreateTopicsOptions().validateOnly(true);
    return get(
        topic.name(),
        Map.of(topic.name(), client.createTopics(List.of(bare), options).config(topic.name())));
  }

  /// A broker may not know a topic yet that it has just made.
  TopicDescription describe(String name) throws InterruptedException {
    var deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        return get(name, client.describeTopics(List.of(name)).topicNameValues());
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof UnknownTopicOrPartitionException)
            || System.nanoTime() - deadline > 0) {
          throw refused(name, e);
        }
        Thread.sleep(NOT_YET);
      }
    }
  }

  private <T> T get(String topic, Map<String, KafkaFuture<T>> answers)
      throws InterruptedException, ExecutionException {
    try {
      return Objects.requireNonNull(answers.get(topic))
          .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new KafkaUnreachable(
          "Kafka at %s says nothing of %s in %d s".formatted(address, topic, PATIENCE.toSeconds()),
          e);
    }
  }

  private KafkaUnreachable refused(String topic, ExecutionException e) {
    return new KafkaUnreachable(
        "Kafka at %s does not give %s (%s)".formatted(address, topic, String.valueOf(e.getCause())),
        e);
  }
}
