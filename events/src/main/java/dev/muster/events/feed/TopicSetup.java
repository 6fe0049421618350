package dev.muster.events.feed;

import dev.muster.events.FeedNames;
import dev.muster.events.kafka.KafkaClients;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.InitializingBean;

/// Creates the topics that do not exist yet and checks those that do, before anything reads or
/// writes them. Ends the start if Kafka cannot be reached, or has another's feed there: a server
/// that starts without its feed would only look as if it worked.
final class TopicSetup implements InitializingBean {
  private static final Logger log = LoggerFactory.getLogger(TopicSetup.class);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /// Whoever mistyped the address hears of it soon; a server that answers may take its time.
  private static final Duration PATIENCE_FOR_ANY_ANSWER = Duration.ofSeconds(8);

  private final Map<String, Object> settings;
  private final FeedNames names;
  private final List<WantedTopic> wanted;
  private final PartitionCounts partitions;
  private final FeedOwner owner;
  // Written by the thread that starts the application.
  private final List<String> warnings = new ArrayList<>();

  TopicSetup(KafkaClients clients, PartitionCounts partitions, PublishedTail tail) {
    this.settings = clients.admin();
    this.names = clients.names();
    this.wanted = WantedTopic.all(names);
    this.partitions = partitions;
    this.owner = new FeedOwner(names, partitions, tail);
  }

  /// What was found that is no reason not to start.
  List<String> warnings() {
    return List.copyOf(warnings);
  }

  @Override
  public void afterPropertiesSet() throws InterruptedException {
    owner.requireNotElsewhere();
    try (var client = Admin.create(settings)) {
      var brokers = brokers(client);
      ServerVersions.requireKafka(client, address());
      var creation = new TopicCreation(client, address(), brokers);
      var missing = creation.missing(wanted);
      if (missing.stream().noneMatch(topic -> topic.name().equals(names.events()))) {
        owner.requireOurs();
      }
      creation.create(missing);
      // A broker may not know yet what it has just made: asked for these, it does.
      var shapes = List.of(creation.describe(names.events()), creation.describe(names.tasks()));
      checkShapes(shapes, brokers, checkSettings(client));
    } catch (KafkaException e) {
      throw new KafkaUnreachable("Kafka's address " + address() + " leads nowhere", e);
    }
  }

  private int brokers(Admin client) throws InterruptedException {
    var options = new DescribeClusterOptions().timeoutMs((int) PATIENCE_FOR_ANY_ANSWER.toMillis());
    try {
      return client.describeCluster(options).nodes().get().size();
    } catch (ExecutionException e) {
      throw new KafkaUnreachable("Kafka at " + address() + " does not answer", e);
    }
  }

  /// A topic that was made by somebody else, or changed, is told of in one sentence rather than
  /// changed: the settings may be on purpose, and the events are gone by the time it shows.
  ///
  /// @return how many replicas each topic wants in sync, of those that could be asked
  private Map<String, Integer> checkSettings(Admin client) throws InterruptedException {
    var minInsync = new HashMap<String, Integer>();
    var unseen = new TreeMap<String, String>();
    var resources = wanted.stream().collect(Collectors.toMap(TopicSetup::resource, topic -> topic));
    for (var described : client.describeConfigs(resources.keySet()).values().entrySet()) {
      var topic = Objects.requireNonNull(resources.get(described.getKey()));
      try {
        var actual = described.getValue().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        minInsync.put(topic.name(), WantedTopic.minInsync(actual));
        topic.requireFit(actual);
      } catch (ExecutionException e) {
        // Whoever may not see the settings may still use the topic.
        unseen.put(topic.name(), String.valueOf(e.getCause()));
      } catch (TimeoutException e) {
        throw new KafkaUnreachable(
            "Kafka at %s says nothing of %s in %d s"
                .formatted(address(), topic.name(), PATIENCE.toSeconds()),
            e);
      }
    }
    if (!unseen.isEmpty()) {
      warn(
          "The settings of the topics %s cannot be checked (%s)"
              .formatted(String.join(", ", unseen.keySet()), unseen.firstEntry().getValue()));
    }
    return minInsync;
  }

  private static ConfigResource resource(WantedTopic topic) {
    return new ConfigResource(ConfigResource.Type.TOPIC, topic.name());
  }

  /// Kafka lets a topic grow, and then a key belongs to another partition: what follows would no
  /// longer stand after what came before. So the number that the feed began with stays in use.
  private void checkShapes(
      List<TopicDescription> topics, int brokers, Map<String, Integer> minInsync) {
    for (var topic : topics) {
      var name = topic.name();
      var actual = topic.partitions().size();
      var began = partitions.keep(name, topic.topicId().toString(), actual);
      if (actual != began) {
        warn(
            "The topic %s has grown from %d to %d partitions: Muster goes on with %d, since a key's events would else be in two"
                .formatted(name, began, actual, began));
      }
      var replicas = topic.partitions().getFirst().replicas().size();
      // What cannot be seen is taken for right.
      var inSync = minInsync.getOrDefault(name, Math.min(replicas, WantedTopic.MIN_INSYNC));
      WantedTopic.risk(name, brokers, replicas, inSync).ifPresent(this::warn);
    }
  }

  private void warn(String sentence) {
    warnings.add(sentence);
    log.warn(sentence);
  }

  private String address() {
    return settings.get("bootstrap.servers") instanceof List<?> servers
        ? servers.stream().map(String::valueOf).collect(Collectors.joining(","))
        : String.valueOf(settings.get("bootstrap.servers"));
  }
}
