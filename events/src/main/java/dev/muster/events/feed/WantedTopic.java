package dev.muster.events.feed;

import dev.muster.events.Topics;
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
  private static final String MIN_INSYNC = "min.insync.replicas";
  private static final String RECORD_BYTES_MAX =
      Integer.toString(FeedConfiguration.RECORD_BYTES_MAX);

  /// The feed is kept until somebody decides otherwise: a consumer that starts late still reads all
  /// of it. The largest event must go through: one that does not would stop the feed for everybody.
  static final List<WantedTopic> ALL =
      List.of(
          new WantedTopic(
              Topics.EVENTS,
              Map.of(
                  "cleanup.policy", "delete",
                  "retention.ms", "-1",
                  "retention.bytes", "-1",
                  "unclean.leader.election.enable", "false",
                  "max.message.bytes", RECORD_BYTES_MAX)),
          new WantedTopic(
              Topics.TASKS,
              Map.of(
                  "cleanup.policy", "compact",
                  "unclean.leader.election.enable", "false",
                  "max.message.bytes", RECORD_BYTES_MAX)),
          new WantedTopic(
              Topics.OUTPUT,
              Map.of(
                  "cleanup.policy",
                  "delete",
                  "retention.ms",
                  Long.toString(Duration.ofHours(6).toMillis()))),
          new WantedTopic(
              Topics.DEAD_LETTERS,
              Map.of(
                  "cleanup.policy", "delete",
                  "retention.ms", "-1",
                  "max.message.bytes", RECORD_BYTES_MAX)),
          new WantedTopic(
              Topics.REDRIVEN,
              Map.of(
                  "cleanup.policy", "delete",
                  "retention.ms", "-1",
                  "max.message.bytes", RECORD_BYTES_MAX)));

  /// The topic to create, so that on three brokers or more one can die without anything being lost
  /// or refused. With fewer the broker's own default decides: one broker has nobody to copy to.
  NewTopic asNew(int brokers) {
    if (brokers < REPLICAS) {
      return new NewTopic(name, Optional.of(PARTITIONS), Optional.empty()).configs(settings);
    }
    var safe = new HashMap<>(settings);
    safe.put(MIN_INSYNC, Integer.toString(REPLICAS - 1));
    return new NewTopic(name, Optional.of(PARTITIONS), Optional.of(REPLICAS)).configs(safe);
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

  /// How many replicas must have a write before it is acknowledged; 1 where that cannot be seen.
  static int minInsync(Config actual) {
    var value = value(actual, MIN_INSYNC);
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
    if (replicas >= REPLICAS && minInsync < REPLICAS - 1) {
      return Optional.of(
          "The topic %s has min.insync.replicas %d: what one broker alone has acknowledged can be lost; set it to %d"
              .formatted(topic, minInsync, REPLICAS - 1));
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
