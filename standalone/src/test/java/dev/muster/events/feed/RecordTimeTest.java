package dev.muster.events.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.events.FeedNames;
import dev.muster.standalone.WholeTopic;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// A clock that is ahead of the broker's does not stop the feed.
@Tag("faults")
class RecordTimeTest {
  private static final Duration AHEAD = Duration.ofDays(2);

  @Test
  void aDatabaseAheadOfTheBrokerIsToldOfByTheTimeOfThePublisher() throws Exception {
    changedAhead(InstantSource.system());
  }

  @Test
  void aDatabaseAndAPublisherAheadOfTheBrokerAreToldOfAllTheSame() throws Exception {
    changedAhead(() -> Instant.now().plus(AHEAD));
  }

  private static void changedAhead(InstantSource clock) throws Exception {
    try (var rig = FeedRig.start()) {
      new HotTasks(rig).changeEachOnce();
      rig.db()
          .sql("UPDATE outbox SET occurred_at = occurred_at + make_interval(secs => :ahead)")
          .param("ahead", AHEAD.toSeconds())
          .update();

      try (var parts =
          FeedParts.of(
              rig.jdbcUrl(),
              FeedRig.clients(rig.kafka(), FeedNames.DEFAULT),
              "ahead",
              UnaryOperator.identity(),
              clock)) {
        parts.start();
        rig.awaitPublished();
      }

      var records = new ArrayList<ConsumerRecord<String, String>>();
      WholeTopic.read(
          rig.kafka(), FeedNames.DEFAULT.events(), new StringDeserializer(), records::add);
      assertThat(records)
          .isNotEmpty()
          .allSatisfy(record -> {
            assertThat(Instant.ofEpochMilli(record.timestamp()))
                .isBefore(Instant.now().plus(Duration.ofHours(1)));
            assertThat(time(record)).isAfter(Instant.now().plus(Duration.ofDays(1)));
          });
    }
  }

  private static Instant time(ConsumerRecord<String, String> record) {
    return Instant.parse(
        new String(record.headers().lastHeader("ce_time").value(), StandardCharsets.UTF_8));
  }
}
