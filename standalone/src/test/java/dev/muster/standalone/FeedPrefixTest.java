package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.muster.events.FeedNames;
import dev.muster.events.feed.FeedParts;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Installations on one Kafka, which nothing but a prefix tells apart.
@Tag("faults")
class FeedPrefixTest {
  private static final FeedNames ONE = new FeedNames("one");
  private static final FeedNames OTHER = new FeedNames("the.other-1");

  private static final Duration AT_MOST = Duration.ofSeconds(60);

  private final String kafka = TestServers.get().kafka();

  @Test
  void twoLiveSideBySideAndNobodyGetsIntoTheFeedOfAnother() throws Exception {
    var third = Installation.newDatabase();
    try (var one = Installation.start(ONE, kafka);
        var other = Installation.start(OTHER, kafka);
        var admin = Admin.create(Map.of("bootstrap.servers", kafka))) {
      for (var each : List.of(one, other)) {
        each.runATask();
        assertThat(each.verifyFeed(each.names())).isZero();
      }
      assertThat(one.verifyFeed(OTHER)).isEqualTo(1);
      assertThat(admin.listTopics().names().get())
          .containsAll(ONE.topics())
          .containsAll(OTHER.topics());
      for (var names : List.of(ONE, OTHER)) {
        await().atMost(AT_MOST).until(() -> members(admin, names) == 1);
      }
      var before = settled(admin);

      refused(third, ONE, "The topic one.events is another installation's: ");
      refused(other.jdbcUrl(), ONE, "This database's feed is in the topics the.other-1.*, ");
      // Neither does one that was there before it could be told.
      assertThat(FeedParts.areRefused(third, kafka, ONE)).isTrue();

      assertThat(writersAndEnds(admin)).isEqualTo(before);
      one.runATask();
      assertThat(one.verifyFeed(ONE)).isZero();
    } finally {
      Installation.dropDatabase(third);
    }
  }

  private void refused(String jdbcUrl, FeedNames names, String sentence) {
    assertThatThrownBy(() ->
            Applications.dispatcher(
                jdbcUrl, kafka, "--muster.feed.prefix=" + names.prefix(), "--server.port=0"))
        .satisfies(failure ->
            assertThat(StartupFailure.told(failure))
                .startsWith(sentence)
                .contains("muster.feed.prefix (MUSTER_FEED_PREFIX)")
                .endsWith("."));
  }

  private static int members(Admin admin, FeedNames names) throws Exception {
    var groups = admin.describeConsumerGroups(List.of(names.dispatchers())).all().get().values();
    return groups.stream().mapToInt(group -> group.members().size()).sum();
  }

  /// What there is once nothing more is written.
  private static Map<String, Object> settled(Admin admin) throws Exception {
    var last = new AtomicReference<>(writersAndEnds(admin));
    await()
        .atMost(AT_MOST)
        .until(() -> {
          var now = writersAndEnds(admin);
          return now.equals(last.getAndSet(now));
        });
    return last.get();
  }

  private static Map<String, Object> writersAndEnds(Admin admin) throws Exception {
    return Map.of("writers", writers(admin), "ends", ends(admin));
  }

  /// Who writes the feed of the first: each transaction, and each fence, has another epoch.
  private static Map<String, String> writers(Admin admin) throws Exception {
    var ids = Stream.of("0", "1", "tasks").map(ONE::transactionalId).toList();
    var writers = new TreeMap<String, String>();
    admin
        .describeTransactions(ids)
        .all()
        .get()
        .forEach(
            (id, writer) -> writers.put(id, writer.producerId() + "/" + writer.producerEpoch()));
    return writers;
  }

  private static Map<String, Long> ends(Admin admin) throws Exception {
    var asked = new HashMap<TopicPartition, OffsetSpec>();
    for (var topic : ONE.topics()) {
      for (var partition = 0; partition < 12; partition++) {
        asked.put(new TopicPartition(topic, partition), OffsetSpec.latest());
      }
    }
    var ends = new TreeMap<String, Long>();
    admin
        .listOffsets(asked)
        .all()
        .get()
        .forEach((partition, end) -> ends.put(partition.toString(), end.offset()));
    return ends;
  }
}
