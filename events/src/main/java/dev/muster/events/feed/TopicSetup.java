package dev.muster.events.feed;

import dev.muster.events.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.kafka.core.KafkaAdmin;

/// Creates the topics that do not exist yet and checks those that do, before anything reads or
/// writes them. Ends the start if Kafka cannot be reached: a server that starts without its feed
/// would only look as if it worked.
final class TopicSetup implements InitializingBean {
  private static final Logger log = LoggerFactory.getLogger(TopicSetup.class);
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration NOT_YET = Duration.ofMillis(50);

  /// Whoever mistyped the address hears of it soon; a server that answers may take its time.
  private static final Duration PATIENCE_FOR_ANY_ANSWER = Duration.ofSeconds(8);

  private final KafkaAdmin admin;
  private final PartitionCounts partitions;
  // Written by the thread that starts the application.
  private final List<String> warnings = new ArrayList<>();

  TopicSetup(KafkaAdmin admin, PartitionCounts partitions) {
    this.admin = admin;
    this.partitions = partitions;
  }

  /// What was found that is no reason not to start.
  List<String> warnings() {
    return List.copyOf(warnings);
  }

  @Override
  public void afterPropertiesSet() throws InterruptedException {
    try (var client = Admin.create(admin.getConfigurationProperties())) {
      var brokers = brokers(client);
      ServerVersions.requireKafka(client, address());
      create(client, brokers);
      // A broker may not know yet what it has just made: asked for these, it does.
      var shapes = List.of(describe(client, Topics.EVENTS), describe(client, Topics.TASKS));
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

  private void create(Admin client, int brokers) throws InterruptedException {
    var topics = WantedTopic.ALL.stream().map(topic -> topic.asNew(brokers)).toList();
    for (var created : client.createTopics(topics).values().entrySet()) {
      try {
        created.getValue().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof TopicExistsException)) {
          throw refused(created.getKey(), String.valueOf(e.getCause()), e);
        }
      } catch (TimeoutException e) {
        throw refused(created.getKey(), "no answer in " + PATIENCE.toSeconds() + " s", e);
      }
    }
  }

  /// A topic that was made by somebody else, or changed, is told of in one sentence rather than
  /// changed: the settings may be on purpose, and the events are gone by the time it shows.
  ///
  /// @return how many replicas each topic wants in sync, of those that could be asked
  private Map<String, Integer> checkSettings(Admin client) throws InterruptedException {
    var minInsync = new HashMap<String, Integer>();
    var resources =
        WantedTopic.ALL.stream()
            .map(wanted -> new ConfigResource(ConfigResource.Type.TOPIC, wanted.name()))
            .toList();
    for (var described : client.describeConfigs(resources).values().entrySet()) {
      var topic = described.getKey().name();
      try {
        var actual = described.getValue().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        minInsync.put(topic, WantedTopic.minInsync(actual));
        var wrong = wanted(topic).wrong(actual);
        if (!wrong.isEmpty()) {
          throw new TopicUnfit(
              "The topic %s has other settings than Muster needs: %s".formatted(topic, wrong));
        }
      } catch (ExecutionException e) {
        // Whoever may not see the settings may still use the topic.
        log.atWarn()
            .addKeyValue("topic", topic)
            .addKeyValue("reason", String.valueOf(e.getCause()))
            .log("The settings of a topic cannot be checked");
      } catch (TimeoutException e) {
        throw refused(topic, "no answer in " + PATIENCE.toSeconds() + " s", e);
      }
    }
    return minInsync;
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
      WantedTopic.risk(
              name,
              brokers,
              topic.partitions().getFirst().replicas().size(),
              minInsync.getOrDefault(name, 1))
          .ifPresent(this::warn);
    }
  }

  /// A broker may not know a topic yet that it has just made.
  private TopicDescription describe(Admin client, String name) throws InterruptedException {
    var deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        return client
            .describeTopics(List.of(name))
            .allTopicNames()
            .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
            .values()
            .iterator()
            .next();
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof UnknownTopicOrPartitionException)
            || System.nanoTime() - deadline > 0) {
          throw refused(name, String.valueOf(e.getCause()), e);
        }
        Thread.sleep(NOT_YET);
      } catch (TimeoutException e) {
        throw refused(name, "no answer in " + PATIENCE.toSeconds() + " s", e);
      }
    }
  }

  private void warn(String sentence) {
    warnings.add(sentence);
    log.warn(sentence);
  }

  private static WantedTopic wanted(String name) {
    return WantedTopic.ALL.stream()
        .filter(topic -> topic.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private KafkaUnreachable refused(String topic, String reason, Throwable cause) {
    return new KafkaUnreachable(
        "Kafka at %s does not create %s (%s)".formatted(address(), topic, reason), cause);
  }

  private String address() {
    return admin.getConfigurationProperties().get("bootstrap.servers") instanceof List<?> servers
        ? servers.stream().map(String::valueOf).collect(Collectors.joining(","))
        : String.valueOf(admin.getConfigurationProperties().get("bootstrap.servers"));
  }
}
