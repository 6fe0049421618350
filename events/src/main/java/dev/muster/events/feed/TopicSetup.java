package dev.muster.events.feed;

import dev.muster.events.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.kafka.core.KafkaAdmin;

/// Creates the topics that do not exist yet and checks those that do, before anything reads or
/// writes them. Ends the start if Kafka cannot be reached: a server that starts without its feed
/// would only look as if it worked.
final class TopicSetup implements InitializingBean {
  private static final Logger log = LoggerFactory.getLogger(TopicSetup.class);
  private static final int PARTITIONS = 12;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /// Whoever mistyped the address hears of it soon; a server that answers may take its time.
  private static final Duration PATIENCE_FOR_ANY_ANSWER = Duration.ofSeconds(8);

  private static final String RECORD_BYTES_MAX =
      Integer.toString(FeedConfiguration.RECORD_BYTES_MAX);

  /// A topic as it must be.
  ///
  /// @param settings what the code that writes and reads it rests on; a greater number will do
  ///   where the setting is a limit, and -1 is no limit
  private record Wanted(String name, Map<String, String> settings) {
    NewTopic asNew() {
      return new NewTopic(name, Optional.of(PARTITIONS), Optional.empty()).configs(settings);
    }

    /// What is wrong with a topic that exists, in words; empty if nothing is.
    String wrong(Config actual) {
      return settings.entrySet().stream()
          .filter(setting -> !fits(setting.getValue(), value(actual, setting.getKey())))
          .map(setting ->
              "%s is %s and must be %s"
                  .formatted(setting.getKey(), value(actual, setting.getKey()), setting.getValue()))
          .sorted()
          .collect(Collectors.joining(", "));
    }

    private static String value(Config actual, String name) {
      var entry = actual.get(name);
      return entry == null || entry.value() == null ? "not set" : entry.value();
    }

    private static boolean fits(String wanted, String actual) {
      if (!wanted.matches("-?\\d+") || !actual.matches("-?\\d+")) {
        return wanted.equals(actual);
      }
      var atLeast = Long.parseLong(wanted);
      var is = Long.parseLong(actual);
      return is == -1 || (atLeast != -1 && is >= atLeast);
    }
  }

  /// The feed is kept until somebody decides otherwise: a consumer that starts late still reads all
  /// of it. The largest event must go through: one that does not would stop the feed for everybody.
  private static final List<Wanted> TOPICS =
      List.of(
          new Wanted(
              Topics.EVENTS,
              Map.of(
                  "cleanup.policy", "delete",
                  "retention.ms", "-1",
                  "retention.bytes", "-1",
                  "max.message.bytes", RECORD_BYTES_MAX)),
          new Wanted(
              Topics.TASKS,
              Map.of("cleanup.policy", "compact", "max.message.bytes", RECORD_BYTES_MAX)),
          new Wanted(
              Topics.OUTPUT,
              Map.of(
                  "cleanup.policy",
                  "delete",
                  "retention.ms",
                  Long.toString(Duration.ofHours(6).toMillis()))),
          new Wanted(
              Topics.DEAD_LETTERS,
              Map.of(
                  "cleanup.policy", "delete",
                  "retention.ms", "-1",
                  "max.message.bytes", RECORD_BYTES_MAX)),
          new Wanted(
              Topics.REDRIVEN,
              Map.of(
                  "cleanup.policy", "delete",
                  "retention.ms", "-1",
                  "max.message.bytes", RECORD_BYTES_MAX)));

  private final KafkaAdmin admin;

  TopicSetup(KafkaAdmin admin) {
    this.admin = admin;
  }

  @Override
  public void afterPropertiesSet() throws InterruptedException {
    try (var client = Admin.create(admin.getConfigurationProperties())) {
      requireAnswer(client);
      create(client);
      check(client);
    } catch (KafkaException e) {
      throw new KafkaUnreachable("Kafka's address " + address() + " leads nowhere", e);
    }
  }

  private void requireAnswer(Admin client) throws InterruptedException {
    var options = new DescribeClusterOptions().timeoutMs((int) PATIENCE_FOR_ANY_ANSWER.toMillis());
    try {
      client.describeCluster(options).nodes().get();
    } catch (ExecutionException e) {
      throw new KafkaUnreachable("Kafka at " + address() + " does not answer", e);
    }
  }

  private void create(Admin client) throws InterruptedException {
    var topics = TOPICS.stream().map(Wanted::asNew).toList();
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
  private void check(Admin client) throws InterruptedException {
    var resources =
        TOPICS.stream()
            .map(wanted -> new ConfigResource(ConfigResource.Type.TOPIC, wanted.name()))
            .toList();
    for (var described : client.describeConfigs(resources).values().entrySet()) {
      var topic = described.getKey().name();
      try {
        var actual = described.getValue().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
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
  }

  private static Wanted wanted(String name) {
    return TOPICS.stream().filter(topic -> topic.name().equals(name)).findFirst().orElseThrow();
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
