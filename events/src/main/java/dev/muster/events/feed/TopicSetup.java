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
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.TopicExistsException;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.kafka.core.KafkaAdmin;

/// Creates the topics that do not exist yet, before anything reads or writes them. Ends the start
/// if Kafka cannot be reached: a server that starts without its feed would only look as if it
/// worked.
final class TopicSetup implements InitializingBean {
  private static final int PARTITIONS = 12;
  private static final Duration PATIENCE = Duration.ofSeconds(30);
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
            throw unreachable(e);
          }
        } catch (TimeoutException e) {
          throw unreachable(e);
        }
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

  private KafkaUnreachable unreachable(Throwable cause) {
    return new KafkaUnreachable(
        String.valueOf(admin.getConfigurationProperties().get("bootstrap.servers")), cause);
  }
}
