package dev.muster.events.kafka;

import dev.muster.events.FeedNames;
import dev.muster.events.kafka.Rule.Whose;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;

/// The settings of all Kafka clients: the user's, except for what a guarantee rests on, and
/// Muster's where the user says nothing.
public final class KafkaClients {
  /// Two clients of one id in a process get in each other's way where Java's tools look at them.
  private static final AtomicInteger CLIENTS = new AtomicInteger();

  private final KafkaProperties kafka;
  private final FeedNames names;

  public KafkaClients(KafkaProperties kafka, FeedNames names) {
    this.kafka = kafka;
    this.names = names;
  }

  public FeedNames names() {
    return names;
  }

  /// A producer of the feed. The transactional ids are the same in every process: they are what a
  /// writer that has lost its place is refused by.
  ///
  /// @param writer tells the transactional ids apart
  public Map<String, Object> writer(String writer) {
    return producer(FeedClient.WRITER, "publisher-" + writer, names.transactionalId(writer));
  }

  /// A producer without transactions.
  ///
  /// @param part what it is for, in its id
  public Map<String, Object> producer(FeedClient client, String part) {
    return producer(client, part, "");
  }

  private Map<String, Object> producer(FeedClient client, String part, String transactionalId) {
    var own = Map.<String, Object>of(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId);
    return named(part, settings(client, saysOfProducers(), kafka.buildProducerProperties(), own));
  }

  /// A consumer.
  ///
  /// @param part what it is for, in its id
  public Map<String, Object> consumer(FeedClient client, String part) {
    var own = Map.<String, Object>of(ConsumerConfig.GROUP_ID_CONFIG, names.dispatchers());
    return named(part, settings(client, saysOfConsumers(), kafka.buildConsumerProperties(), own));
  }

  public Map<String, Object> admin() {
    return named("admin", new HashMap<>(kafka.buildAdminProperties()));
  }

  private Map<String, Object> named(String part, Map<String, Object> settings) {
    settings.computeIfAbsent(
        CommonClientConfigs.CLIENT_ID_CONFIG,
        _ -> names.clientId(part) + "-" + CLIENTS.incrementAndGet());
    return settings;
  }

  private static Map<String, Object> settings(
      FeedClient client, Set<String> said, Map<String, Object> users, Map<String, Object> own) {
    var settings = new HashMap<>(users);
    for (var rule : client.rules()) {
      var value = own.getOrDefault(rule.setting(), rule.value());
      switch (rule.whose()) {
        case MUSTERS -> settings.put(rule.setting(), value);
        case NOBODYS -> settings.remove(rule.setting());
        case USERS -> {
          if (!said.contains(rule.setting()) && rule.unless().stream().noneMatch(said::contains)) {
            settings.put(rule.setting(), value);
          }
        }
      }
    }
    return settings;
  }

  /// What the user has set that does not count, and what does, in a sentence; empty if all counts.
  ///
  /// @param property what the environment has of a property: Spring gives some that nobody has set
  public Optional<String> overruled(Function<String, @Nullable String> property) {
    var producers = kafka.buildProducerProperties();
    var consumers = new HashMap<>(kafka.buildConsumerProperties());
    var overruled = new TreeSet<String>();
    var isolation = property.apply("spring.kafka.consumer.isolation-level");
    if (isolation != null) {
      overruled.addAll(
          overruled(
              FeedClient.DISPATCHER,
              Set.of(ConsumerConfig.ISOLATION_LEVEL_CONFIG),
              Map.of(ConsumerConfig.ISOLATION_LEVEL_CONFIG, isolation.replace('-', '_'))));
    }
    Arrays.stream(FeedClient.values())
        .forEach(client -> {
          overruled.addAll(overruled(client, saysOfProducers(), producers));
          overruled.addAll(overruled(client, saysOfConsumers(), consumers));
        });
    return overruled.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "Of the settings for Kafka's clients these do not count, since guarantees rest on Muster's: %s (docs/deploy.md says why)"
                .formatted(String.join(", ", overruled)));
  }

  private static Set<String> overruled(
      FeedClient client, Set<String> said, Map<String, Object> users) {
    var overruled = new HashSet<String>();
    for (var rule : client.rules()) {
      var value = users.get(rule.setting());
      if (rule.whose() == Whose.MUSTERS
          && value != null
          && said.contains(rule.setting())
          && rule.differs(value)) {
        overruled.add("%s=%s (%s)".formatted(rule.setting(), value, rule.text()));
      }
    }
    return overruled;
  }

  private Set<String> saysOfProducers() {
    return said(kafka.buildProducerProperties(), new KafkaProperties().buildProducerProperties());
  }

  private Set<String> saysOfConsumers() {
    return said(kafka.buildConsumerProperties(), new KafkaProperties().buildConsumerProperties());
  }

  /// What is not there by itself.
  private static Set<String> said(Map<String, Object> settings, Map<String, Object> pristine) {
    var said = new HashSet<String>();
    settings.forEach((name, value) -> {
      if (!value.equals(pristine.get(name))) {
        said.add(name);
      }
    });
    return said;
  }
}
