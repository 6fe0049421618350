package dev.muster.events.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.muster.events.FeedNames;
import dev.muster.standalone.WholeTopic;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A topic that somebody lets grow is told of, and keys stay where they were.
class TopicGrowthTest {
  @Test
  void aTopicThatHasGrownIsNamedAndEachKeyKeepsItsPartition() throws Exception {
    try (var rig = FeedRig.start()) {
      var tasks = new HotTasks(rig);
      publish(rig, tasks);
      var setup = rig.topicSetup();
      setup.afterPropertiesSet();
      assertThat(setup.warnings()).isEmpty();

      for (var topic : List.of(FeedNames.DEFAULT.events(), FeedNames.DEFAULT.tasks())) {
        grow(rig, topic);
      }
      await()
          .untilAsserted(() -> {
            var again = rig.topicSetup();
            again.afterPropertiesSet();
            assertThat(again.warnings())
                .containsExactly(
                    "The topic muster.events has grown from 12 to 53 partitions: Muster goes on with 12, since a key's"
                        + " events would else be in two",
                    "The topic muster.tasks has grown from 12 to 53 partitions: Muster goes on with 12, since a key's"
                        + " events would else be in two");
          });
      publish(rig, tasks);

      assertThat(partitions(rig, FeedNames.DEFAULT.events()))
          .hasSizeGreaterThan(1)
          .allSatisfy((_, in) -> assertThat(in).hasSize(1));
      assertThat(partitions(rig, FeedNames.DEFAULT.tasks()))
          .hasSizeGreaterThan(1)
          .allSatisfy((_, in) -> assertThat(in).hasSize(1));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1 | 1 | 1 | ''",
        "2 | 1 | 1 | ''",
        "3 | 3 | 2 | ''",
        "5 | 3 | 3 | ''",
        "3 | 1 | 1 | has 1 replicas on 3 brokers",
        "3 | 2 | 1 | has 2 replicas on 3 brokers",
        "3 | 3 | 1 | has min.insync.replicas 1"
      })
  void whatABrokerWouldTakeWithItIsNamed(int brokers, int replicas, int minInsync, String risk) {
    assertThat(WantedTopic.risk("muster.events", brokers, replicas, minInsync).orElse(""))
        .contains(risk);
    assertThat(WantedTopic.risk("muster.events", brokers, replicas, minInsync).isEmpty())
        .isEqualTo(risk.isEmpty());
  }

  @Test
  void aTopicThatNothingCouldBeWrittenToEndsTheStart() {
    assertThatThrownBy(() -> WantedTopic.risk("muster.events", 1, 1, 2))
        .isInstanceOf(TopicUnfit.class)
        .hasMessage(
            "The topic muster.events has 1 replicas and min.insync.replicas 2: nothing can be written to it");
  }

  @ParameterizedTest
  @CsvSource({"1, -1, ''", "2, -1, ''", "3, 3, 2", "9, 3, 2"})
  void topicsAreMadeForAsManyBrokersAsThereAre(int brokers, short replicas, String minInsync) {
    for (var topic : WantedTopic.all(FeedNames.DEFAULT)) {
      var made = topic.asNew(brokers);
      assertThat(made.replicationFactor()).isEqualTo(replicas);
      assertThat(made.configs().getOrDefault("min.insync.replicas", "")).isEqualTo(minInsync);
    }
  }

  private static void publish(FeedRig rig, HotTasks tasks) throws Exception {
    tasks.changeEachOnce();
    rig.publishAll();
  }

  private static void grow(FeedRig rig, String topic) throws Exception {
    try (var admin = Admin.create(Map.of("bootstrap.servers", rig.kafka()))) {
      admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(53))).all().get();
    }
  }

  private static Map<String, Set<Integer>> partitions(FeedRig rig, String topic) {
    var partitions = new HashMap<String, Set<Integer>>();
    WholeTopic.read(
        rig.kafka(),
        topic,
        new StringDeserializer(),
        record ->
            partitions.computeIfAbsent(record.key(), _ -> new HashSet<>()).add(record.partition()));
    return partitions;
  }
}
