package dev.muster.events.feed;

import dev.muster.events.FeedNames;
import dev.muster.events.kafka.FeedClient;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;

/// A topic as it must be.
///
/// @param settings what the code that writes and reads it rests on; a greater number will do where
///   the setting is a limit, and -1 is no limit
record WantedTopic(String name, Map<String, String> settings) {
  private static final int PARTITIONS = 12;
  private static final short REPLICAS = 3;
  static final int MIN_INSYNC = REPLICAS - 1;
  private static final String MIN_INSYNC_SETTING = "min.insync.replicas";
  private static final String RECORD_BYTES_MAX =
      Integer.toString(FeedClient.Limits.RECORD_BYTES_MAX);

  /// The feed is kept until somebody decides otherwise: a consumer that starts late still reads all
  /// of it. The largest event must go through: one that does not would stop the feed for everybody.
  static List<WantedTopic> all(FeedNames names) {
    return List.of(
        new WantedTopic(
            names.events(),
            Map.of(
                "cleanup.policy", "delete",
                "retention.ms", "-1",
                "retention.bytes", "-1",
                "unclean.leader.election.enable", "false",
                "max.message.bytes", RECORD_BYTES_MAX)),
        new WantedTopic(
            names.tasks(),
            Map.of(
                "cleanup.policy", "compact",
                "unclean.leader.election.enable", "false",
                "max.message.bytes", RECORD_BYTES_MAX)),
        new WantedTopic(
            names.output(),
            Map.of(
                "cleanup.policy",
                "delete",
                "retention.ms",
                Long.toString(Duration.ofHours(6).toMillis()))),
        new WantedTopic(
            names.deadLetters(),
            Map.of(
                "cleanup.policy", "delete",
                "retention.ms", "-1",
                "max.message.bytes", RECORD_BYTES_MAX)),
        new WantedTopic(
            names.redriven(),
            Map.of(
                "cleanup.policy", "delete",
                "retention.ms", "-1",
                "max.message.bytes", RECORD_BYTES_MAX)));
  }

  /// The topic to create, so that on three brokers or more one can die without anything being lost
  /// or refused. With fewer the broker's own default decides: one broker has nobody to copy to.
  NewTopic asNew(int brokers) {
    var all = new HashMap<>(settings);
    if (brokers >= REPLICAS) {
      all.put(MIN_INSYNC_SETTING, Integer.toString(MIN_INSYNC));
    }
    return bare(brokers).configs(all);
  }

  /// The same without any setting.
  NewTopic bare(int brokers) {
    return new NewTopic(
        name,
        Optional.of(PARTITIONS),
        brokers < REPLICAS ? Optional.<Short>empty() : Optional.of(REPLICAS));
  }

  /// The topic to create where a broker refuses settings that it does not need to be told: without
  /// those that it has by itself.
  ///
  /// @param byItself what a topic without settings would have
  NewTopic asNew(int brokers, Config byItself) {
    var needed = new HashMap<>(asNew(brokers).configs());
    needed
        .entrySet()
        .removeIf(setting -> fits(setting.getValue(), value(byItself, setting.getKey())));
    return bare(brokers).configs(needed);
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

  /// @throws TopicUnfit if a topic that exists is not as it must be
  void requireFit(Config actual) {
    var wrong = wrong(actual);
    if (!wrong.isEmpty()) {
      throw new TopicUnfit(
          "The topic %s has other settings than Muster needs: %s".formatted(name, wrong));
    }
  }

  /// How many replicas must have a write before it is acknowledged; 1 where that cannot be seen.
  static int minInsync(Config actual) {
    var value = value(actual, MIN_INSYNC_SETTING);
    return value.matches("\\d+") ? Integer.parseInt(value) : 1;
  }

  /// What a broker that dies would take with it, in words; empty if nothing.
  ///
  /// @throws TopicUnfit if nothing could ever be written
  static Optional<String> risk(String topic, int brokers, int replicas, int minInsync) {
    if (minInsync > replicas) {
      throw new TopicUnfit(
          "The topic %s has %d replicas and min.insync.replicas %d: nothing can be written to it"
              .formatted(topic, replicas, minInsync));
    }
    if (brokers >= REPLICAS && replicas < REPLICAS) {
      return Optional.of(
          "The topic %s has %d replicas on %d brokers: events can be lost with a broker; give it %d"
              .formatted(topic, replicas, brokers, REPLICAS));
    }
    if (replicas >= REPLICAS && minInsync < MIN_INSYNC) {
      return Optional.of(
          "The topic %s has min.insync.replicas %d: what one broker alone has acknowledged can be lost; set it to %d"
              .formatted(topic, minInsync, MIN_INSYNC));
    }
    return Optional.empty();
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
