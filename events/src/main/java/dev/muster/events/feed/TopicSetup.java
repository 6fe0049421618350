package dev.muster.events.feed;

import dev.muster.events.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.kafka.core.KafkaAdmin;

/// Creates the topics that do not exist yet, before anything reads or writes them. Ends the start
/// if Kafka cannot be reached: a server that starts without its feed would only look as if it
/// worked.
final class TopicSetup implements InitializingBean {
  private static final int PARTITIONS = 12;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /// Whoever mistyped the address hears of it soon; a server that answers may take its time.
  private static final Duration PATIENCE_FOR_ANY_ANSWER = Duration.ofSeconds(8);

  private static final Map<String, String> COMPACTED = with(Map.of("cleanup.policy", "compact"));
  private static final Map<String, String> FOR_HOURS =
      Map.of("retention.ms", Long.toString(Duration.ofHours(6).toMillis()));

  /// The feed is kept until somebody decides otherwise: a consumer that starts late still reads all
  /// of it.
  private static final Map<String, String> FOR_EVER = with(Map.of("retention.ms", "-1"));

  private final KafkaAdmin admin;

  TopicSetup(KafkaAdmin admin) {
    this.admin = admin;
  }

  @Override
  public void afterPropertiesSet() throws InterruptedException {
    try (var client = Admin.create(admin.getConfigurationProperties())) {
      requireAnswer(client);
      create(client);
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
    var topics =
        List.of(
            topic(Topics.EVENTS, FOR_EVER),
            topic(Topics.TASKS, COMPACTED),
            topic(Topics.OUTPUT, FOR_HOURS),
            topic(Topics.DEAD_LETTERS, FOR_EVER));
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

  /// The largest event must go through: one that does not would stop the feed for everybody.
  private static Map<String, String> with(Map<String, String> settings) {
    var all = new HashMap<>(settings);
    all.put("max.message.bytes", Integer.toString(FeedConfiguration.RECORD_BYTES_MAX));
    return Map.copyOf(all);
  }

  private static NewTopic topic(String name, Map<String, String> settings) {
    return new NewTopic(name, Optional.of(PARTITIONS), Optional.empty()).configs(settings);
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
